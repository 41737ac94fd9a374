using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Targets;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>All contenders by name.</summary>
internal static class ContenderCatalog
{
    /// <summary>Our data plane, raw.</summary>
    public const string Ours = "ours";

    /// <summary>Our data plane through the client library.</summary>
    public const string Thin = "thin";

    /// <summary>The same, each GET from a matched run of blocks.</summary>
    public const string Match = "match";

    public static readonly IReadOnlyList<string> Names = [Ours, Thin, Match, "redis", "garnet", "memcached", "iperf3"];

    /// <summary>The contender called <paramref name="name"/>, one of <see cref="Names"/>.</summary>
    public static IContender Create(string name, TransportKind transport) => name switch
    {
        Ours => new TargetContender(name, new SiloServer(), new RespTarget(transport)),
        Thin => new TargetContender(name, new SiloServer(), new ThinClientTarget(matches: false)),
        Match => new TargetContender(name, new SiloServer(), new ThinClientTarget(matches: true)),
        "redis" => new TargetContender(name, new RedisServer(), new RespTarget(transport)),
        "garnet" => new TargetContender(name, new GarnetServer(), new RespTarget(transport)),
        "memcached" => new TargetContender(name, new MemcachedServer(), new MemcachedTarget(transport)),
        "iperf3" => new Iperf3Contender(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"Contenders are {string.Join(", ", Names)}."),
    };
}
