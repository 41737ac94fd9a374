namespace KvOrleans.LoadGenerator.Watching;

/// <summary>Has the console of a silo open: reads its events as a browser does.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly HttpClient _http;
    private readonly Task _reading;
    private int _frames;

    private Watcher(HttpClient http, StreamReader events)
    {
        _http = http;
        _reading = ReadAsync(events);
    }

    /// <summary>How many pictures came.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Opens the page, then its events.</summary>
    public static async Task<Watcher> OpenAsync(int port, CancellationToken cancellation)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        _ = await http.GetByteArrayAsync("/", cancellation);
        return new(http, new(await http.GetStreamAsync("/api/events", cancellation)));
    }

    /// <summary>The bytes of the first page.</summary>
    public static async Task<int> PageBytesAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        return (await http.GetByteArrayAsync($"http://127.0.0.1:{port}/", cancellation)).Length;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _http.Dispose();
        await _reading;
        _closing.Dispose();
    }

    private async Task ReadAsync(StreamReader events)
    {
        using (events)
        {
            try
            {
                while (await events.ReadLineAsync(_closing.Token) is { } line)
                {
                    if (line.StartsWith("data:", StringComparison.Ordinal))
                        Interlocked.Increment(ref _frames);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // It is closed; who counts frames sees when it was too early.
            }
        }
    }
}
