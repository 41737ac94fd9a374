using Microsoft.Playwright;

namespace KvOrleans.Console.Tests.Browsing;

/// <summary>A page of a silo's HTTP port in the browser, and what it complained of and asked for.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];
    private readonly string _root;

    public WatchedPage(IPage page, int port)
    {
        Page = page;
        _root = $"http://127.0.0.1:{port}/";
        page.Console += (_, message) => Note(_complaints, message.Type is "error" or "warning" ? message.Text : null);
        page.PageError += (_, error) => Note(_complaints, error);
        page.Request += (_, request) => Note(_requests, request.Url);
    }

    public IPage Page { get; }

    /// <summary>What the browser complained of: errors of the page, what its policy refused.</summary>
    public string[] Complaints
    {
        get
        {
            lock (_complaints)
                return [.. _complaints];
        }
    }

    /// <summary>What was asked for elsewhere than at the silo.</summary>
    public string[] OutsideRequests
    {
        get
        {
            lock (_requests)
                return [.. _requests.Where(url => !url.StartsWith(_root, StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal))];
        }
    }

    /// <summary>How wide what it shows is, beyond the window.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    public Task GoAsync() => Page.GotoAsync(_root, new() { WaitUntil = WaitUntilState.DOMContentLoaded });

    /// <summary>Waits until an expression of the page is true.</summary>
    public Task HoldsAsync(string expression) => Page.WaitForFunctionAsync($"() => {expression}", null, new() { Timeout = 30_000, PollingInterval = 100 });

    /// <summary>Takes a picture of the whole page, into the folder that KVORLEANS_SCREENSHOTS names or a temporary one.</summary>
    public async Task<string> PictureAsync(string name)
    {
        var folder = Environment.GetEnvironmentVariable("KVORLEANS_SCREENSHOTS") ?? Path.Combine(Path.GetTempPath(), $"kvorleans-console-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{name}.png");
        await Page.ScreenshotAsync(new() { Path = path, FullPage = true });
        return path;
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private static void Note(List<string> list, string? text)
    {
        lock (list)
        {
            if (text is not null)
                list.Add(text);
        }
    }
}
