using System.Net;
using System.Text;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>Takes what is exported by OTLP over HTTP and keeps it as it came: texts in protobuf are plain bytes.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StringBuilder> _received = [];
    private readonly Task _work;

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{FreePorts.Take(1)[0]}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _work = ReceiveAsync();
    }

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Address { get; }

    /// <summary>All that came to <c>/v1/traces</c>, in Latin-1.</summary>
    public string Traces => At("/v1/traces");

    /// <summary>All that came to <c>/v1/metrics</c>, in Latin-1.</summary>
    public string Metrics => At("/v1/metrics");

    /// <summary>All that came to a path, in Latin-1: the headers of each request, then its body.</summary>
    public string At(string path)
    {
        lock (_lock)
            return _received.TryGetValue(path, out var text) ? text.ToString() : "";
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _work;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_lock)
                {
                    var path = context.Request.Url!.AbsolutePath;
                    if (!_received.TryGetValue(path, out var text))
                        _received[path] = text = new();
                    text.Append(context.Request.Headers).Append(Encoding.Latin1.GetString(body.ToArray())).Append('\n');
                }

                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The test is over, or who exported is gone.
        }
    }
}
