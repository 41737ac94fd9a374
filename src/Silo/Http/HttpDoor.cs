using System.Net;
using System.Net.Mime;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.Health;

namespace KvOrleans.Silo.Http;

/// <summary>
/// The HTTP port. It belongs to the process and is open before the first life, between lives and behind the last: whoever asks how the silo is gets an answer at any time. Everything but health is the life's that
/// goes on.
/// </summary>
internal sealed class HttpDoor : IAsyncDisposable
{
    private const int MostConnections = 256;

    // A chain of 64 keys is asked about in one line.
    private const int LongestRequestLine = 96 << 10;

    private readonly WebApplication _host;
    private volatile ILifePages? _pages;

    /// <summary>Makes it; it is closed yet.</summary>
    public HttpDoor(KvOrleansOptions options, HealthAnswers health)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Parse(options.ListenAddress), options.Http.Port);
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.AddServerHeader = false;
        });
        // The lives hear of signals, not the door.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _host = builder.Build();
        _host.Run(context => AnswerAsync(context, health));
    }

    /// <summary>Opens it.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    /// <summary>From now on these are the pages; null: there are none.</summary>
    internal void Show(ILifePages? pages) => _pages = pages;

    public async ValueTask DisposeAsync()
    {
        // Whoever asks in this moment is not waited for.
        await _host.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _host.DisposeAsync().ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context, HealthAnswers health)
    {
        if (health.To(context.Request.Path) is { } answer)
            return WriteAsync(context, answer.IsGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, answer.Text);
        return _pages is { } pages ? pages.ServeAsync(context.Features) : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "no life of the silo goes on\n");
    }

    private static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
