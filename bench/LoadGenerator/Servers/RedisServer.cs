namespace KvOrleans.LoadGenerator.Servers;

/// <summary><c>redis-server</c> with its defaults, but for persistence, which is off.</summary>
internal sealed class RedisServer : IServerKind
{
    private const string Program = "redis-server";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    public string? WhatIsMissing() => Programs.WhatIsMissing(Program, "redis-server");

    public Task<RunningServer> StartAsync(ServerNeeds needs, CancellationToken cancellation)
    {
        var port = LoopbackPorts.Free(1)[0];
        string[] arguments = ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"];
        return RunningServer.StartAsync(new("redis", Program, arguments, port, Readiness.RespAsync, StartTimeout), cancellation);
    }
}
