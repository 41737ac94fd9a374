using System.Net;
using KvOrleans.Client.Control;

namespace KvOrleans.Client;

/// <summary>Checks <see cref="PrefixCacheClientOptions"/>; the message says which option, what it got and what it accepts.</summary>
internal static class PrefixCacheClientOptionsValidator
{
    private const long MostDigestBytes = 16L << 30;
    private const long MostNearCacheBytes = 64L << 30;
    private const int LongestZone = 256;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Throws when an option is wrong.</summary>
    /// <exception cref="ArgumentException">The first option that is wrong.</exception>
    public static void Validate(PrefixCacheClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var gateway in options.Gateways)
        {
            if (gateway is null || gateway.Port == 0 || gateway.Address.Equals(IPAddress.Any) || gateway.Address.Equals(IPAddress.IPv6Any))
                throw Wrong(nameof(options.Gateways), gateway?.ToString() ?? "null", "addresses of gateways with their ports, such as 127.0.0.1:30000");
        }

        foreach (var name in options.GatewayNames)
        {
            if (GatewayNames.TryParse(name) is null)
                throw Wrong(nameof(options.GatewayNames), name ?? "null", "names of hosts with a port, such as kvorleans.kvorleans.svc:30000");
        }

        Named(options.ClusterId, nameof(options.ClusterId));
        Named(options.ServiceId, nameof(options.ServiceId));
        if (options.Password is { Length: 0 })
            throw Wrong(nameof(options.Password), "an empty text", "the data plane's password, or null when it has none");
        Between(options.DefaultDeadline, Millisecond, Longest, nameof(options.DefaultDeadline));
        Between(options.DefaultLease, Millisecond, Longest, nameof(options.DefaultLease));
        Between(options.MapRefresh, 100 * Millisecond, Longest, nameof(options.MapRefresh));
        Between(options.ConnectionsPerSilo, 1, 256, nameof(options.ConnectionsPerSilo));
        Between(options.WaitingCallsPerSilo, 0, 1_000_000, nameof(options.WaitingCallsPerSilo));
        Between(options.DigestBytes, 0, MostDigestBytes, nameof(options.DigestBytes));
        Between(options.NearCacheBytes, 0, MostNearCacheBytes, nameof(options.NearCacheBytes));
        if (options.Zone is not { Length: <= LongestZone })
            throw Wrong(nameof(options.Zone), options.Zone is null ? "null" : $"{options.Zone.Length} characters", $"at most {LongestZone} characters; an empty text for none");
    }

    private static void Named(string? value, string option)
    {
        if (string.IsNullOrWhiteSpace(value))
            throw Wrong(option, value is null ? "null" : "a blank text", "the id that the silos have, such as kvorleans");
    }

    private static void Between<T>(T value, T lowest, T highest, string option)
        where T : IComparable<T>
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
            throw Wrong(option, value.ToString()!, $"{lowest} to {highest}");
    }

    private static ArgumentException Wrong(string option, string got, string accepts) =>
        new($"{nameof(PrefixCacheClientOptions)}.{option} is {got}; it accepts {accepts}.", option);
}
