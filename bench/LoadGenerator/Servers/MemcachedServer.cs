namespace KvOrleans.LoadGenerator.Servers;

/// <summary><c>memcached</c> with its defaults, but for memory and the largest item.</summary>
internal sealed class MemcachedServer : IServerKind
{
    private const string Program = "memcached";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    public string? WhatIsMissing() => Programs.WhatIsMissing(Program, "memcached");

    public Task<RunningServer> StartAsync(ServerNeeds needs, CancellationToken cancellation)
    {
        var port = LoopbackPorts.Free(1)[0];
        List<string> arguments = ["-l", "127.0.0.1", "-p", $"{port}", "-U", "0", "-I", "256m", "-m", $"{needs.MemoryMebibytes}"];
        if (Environment.IsPrivilegedProcess)
            arguments.AddRange(["-u", Environment.UserName]);
        return RunningServer.StartAsync(new("memcached", Program, arguments, port, Readiness.MemcachedAsync, StartTimeout), cancellation);
    }
}
