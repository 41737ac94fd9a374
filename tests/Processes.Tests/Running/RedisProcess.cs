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

    /// <summary>Stops it in the middle of whatever it does; its connections stay open.</summary>
    public void Pause() => _process.Send(19);

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process.Send(18);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
