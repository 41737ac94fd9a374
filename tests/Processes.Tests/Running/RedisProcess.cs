using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>A real Redis, with one database as ours has.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private RedisProcess(ServerProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static Task<RedisProcess> StartAsync(params string[] options) => StartOnAsync(FreePorts.Take(1)[0], options);

    /// <summary>Starts one where another was.</summary>
    public static async Task<RedisProcess> StartOnAsync(int port, params string[] options)
    {
        var process = await ServerProcess.StartAsync(
            "redis-server", "redis-server",
            ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--databases", "1", "--dir", Path.GetTempPath(), .. options],
            "Ready to accept connections");
        return new(process, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
