namespace KvOrleans.LoadGenerator.Servers;

/// <summary>One silo of ours, as <c>dotnet build -c Release</c> left it in the repository.</summary>
/// <param name="more">More options, as on its command line.</param>
internal sealed class SiloServer(params string[] more) : IServerKind
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    public string? WhatIsMissing() =>
        File.Exists(Assembly()) ? null : $"{Assembly()} is not there: run dotnet build -c Release src/Silo in the repository";

    public Task<RunningServer> StartAsync(ServerNeeds needs, CancellationToken cancellation) => StartAsync(needs, more, cancellation);

    /// <summary>Starts one with more options, as on its command line.</summary>
    public static Task<RunningServer> StartAsync(ServerNeeds needs, IEnumerable<string> options, CancellationToken cancellation)
    {
        var ports = LoopbackPorts.Free(4);
        var (dataPlane, silo, gateway, http) = (ports[0], ports[1], ports[2], ports[3]);
        string[] arguments =
        [
            Assembly(),
            "--KvOrleans:DataPlane:Port", $"{dataPlane}",
            "--KvOrleans:SiloPort", $"{silo}",
            "--KvOrleans:GatewayPort", $"{gateway}",
            "--KvOrleans:Http:Port", $"{http}",
            "--KvOrleans:Memory:Bytes", $"{needs.MemoryMebibytes}MiB",
            "--Logging:LogLevel:Default", "Warning",
            .. options,
        ];
        var start = new ServerStart("silo", Programs.Dotnet, arguments, dataPlane, Readiness.RespAsync, StartTimeout)
        {
            GatewayPort = gateway,
            SiloPort = silo,
        };
        return RunningServer.StartAsync(start, cancellation);
    }

    private static string Assembly() =>
        Path.Combine(Programs.Repository(), "src", "Silo", "bin", "Release", "net10.0", "KvOrleans.Silo.dll");
}
