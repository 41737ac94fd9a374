using KvOrleans.LoadGenerator.Networks;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>One silo of ours, as <c>dotnet build -c Release</c> left it in the repository.</summary>
/// <param name="more">More options, as on its command line.</param>
internal sealed class SiloServer(params string[] more) : IServerKind
{
    /// <summary>The ports of a silo that has a place of its own.</summary>
    public const int DataPlanePort = 6380;

    /// <inheritdoc cref="DataPlanePort"/>
    public const int GatewayPort = 30000;

    /// <inheritdoc cref="DataPlanePort"/>
    public const int SiloPort = 11111;

    private const int HttpPort = 8080;

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
            HttpPort = http,
        };
        return RunningServer.StartAsync(start, cancellation);
    }

    /// <summary>Starts one in a place of its own, where all ports are free. It ends when this program does, however that ends.</summary>
    public static Task<RunningServer> StartAsync(Place place, ServerNeeds needs, IEnumerable<string> options, CancellationToken cancellation)
    {
        string[] arguments =
        [
            Assembly(),
            "--KvOrleans:SiloName", place.Name,
            "--KvOrleans:AdvertisedAddress", $"{place.Address}",
            "--KvOrleans:DataPlane:Port", $"{DataPlanePort}",
            "--KvOrleans:SiloPort", $"{SiloPort}",
            "--KvOrleans:GatewayPort", $"{GatewayPort}",
            "--KvOrleans:Http:Port", $"{HttpPort}",
            "--KvOrleans:Memory:Bytes", $"{needs.MemoryMebibytes}MiB",
            "--KvOrleans:StopWithInput", "true",
            "--Logging:LogLevel:Default", "Warning",
            .. options,
        ];
        var start = new ServerStart(place.Name, Programs.Dotnet, arguments, DataPlanePort, (port, token) => Readiness.RespAsync(place, port, token), StartTimeout)
        {
            GatewayPort = GatewayPort,
            SiloPort = SiloPort,
            HttpPort = HttpPort,
            Home = place.Home,
        };
        return RunningServer.StartAsync(start, cancellation);
    }

    private static string Assembly() =>
        Path.Combine(Programs.Repository(), "src", "Silo", "bin", "Release", "net10.0", "KvOrleans.Silo.dll");
}
