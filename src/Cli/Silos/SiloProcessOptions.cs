using System.Globalization;

namespace KvOrleans.Cli.Silos;

/// <summary>How a silo is started.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Zone">Its failure domain.</param>
/// <param name="MemoryBytes">Its arena.</param>
/// <param name="DataPlanePort">Port of RESP.</param>
/// <param name="SiloPort">Port of silo to silo.</param>
/// <param name="GatewayPort">Port of client to silo.</param>
/// <param name="HttpPort">Port of health and metrics.</param>
/// <param name="Membership">How it finds the others.</param>
internal sealed record SiloProcessOptions(
    string Name, string Zone, long MemoryBytes, int DataPlanePort, int SiloPort, int GatewayPort, int HttpPort, SiloMembership Membership)
{
    /// <summary>Options beside these, which come last and so prevail.</summary>
    public IReadOnlyList<SiloOption> Others { get; init; } = [];

    /// <summary>The command line's arguments.</summary>
    public IEnumerable<string> Arguments()
    {
        List<(string Option, string Value)> settings =
        [
            ("SiloName", Name),
            ("Zone", Zone),
            ("Memory:Bytes", Text(MemoryBytes)),
            ("DataPlane:Port", Text(DataPlanePort)),
            ("SiloPort", Text(SiloPort)),
            ("GatewayPort", Text(GatewayPort)),
            ("Http:Port", Text(HttpPort)),
            ("StopWithInput", "true"),
            ("ClusterId", Membership.ClusterId),
        ];
        if (Membership.Redis is { } redis)
            settings.AddRange([("Clustering", "Redis"), ("Redis", redis)]);
        else if (Membership.PrimarySiloPort != SiloPort)
            settings.Add(("PrimarySilo", $"127.0.0.1:{Text(Membership.PrimarySiloPort)}"));
        settings.AddRange(Others.Select(other => (other.Name, other.Value)));
        return settings.SelectMany(setting => new[] { $"--KvOrleans:{setting.Option}", setting.Value });
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
