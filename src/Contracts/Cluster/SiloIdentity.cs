using System.Globalization;
using System.Net;

namespace KvOrleans.Contracts.Cluster;

/// <summary>What a silo says of itself in its membership row, so that the cluster map is a function of the membership view alone.</summary>
/// <param name="Name">The stable name, the silo's identity in placement; 1 or more characters.</param>
/// <param name="Zone">The failure domain; may be empty.</param>
/// <param name="Weight">The silo's share of the keys relative to the others'; 1 or more.</param>
/// <param name="DataPlane">Where its data plane listens.</param>
/// <remarks>
/// Orleans' silo name carries it, encoded as <c>name|zone|weight|address:port</c> with the name and the zone percent-escaped.
/// </remarks>
public sealed record SiloIdentity(string Name, string Zone, int Weight, IPEndPoint DataPlane)
{
    private const int Parts = 4;

    /// <summary>Reads the encoded form.</summary>
    /// <returns>Null when <paramref name="siloName"/> is not one, as of a silo that is not ours.</returns>
    public static SiloIdentity? TryDecode(string? siloName)
    {
        var parts = siloName?.Split('|');
        if (parts is not { Length: Parts } || parts[0].Length == 0
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight < 1
            || !IPEndPoint.TryParse(parts[3], out var dataPlane))
        {
            return null;
        }

        return new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), weight, dataPlane);
    }

    /// <summary>The encoded form.</summary>
    public string Encode() =>
        string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(Name)}|{Uri.EscapeDataString(Zone)}|{Weight}|{DataPlane}");
}
