using Microsoft.Playwright;

namespace KvOrleans.Console.Tests.Browsing;

/// <summary>Debian's browser, without a window. Its path is searched; nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        Assert.True(program is not null, "chromium is not in PATH; install the package 'chromium' (apt-get install chromium).");
        var playwright = await Playwright.CreateAsync();
        // Its own sandbox needs rights that a container does not give; it sees pages of this machine only.
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"], Timeout = 60_000 });
        return new(playwright, browser);
    }

    /// <summary>Opens a page and notes what goes wrong in it.</summary>
    public async Task<WatchedPage> OpenAsync(int port, int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        var page = new WatchedPage(await context.NewPageAsync(), port);
        await page.GoAsync();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
