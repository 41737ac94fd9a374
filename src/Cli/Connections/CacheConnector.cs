using System.Net;
using KvOrleans.Client;

namespace KvOrleans.Cli.Connections;

/// <summary>Makes real clients; their warnings go to <paramref name="log"/>.</summary>
internal sealed class CacheConnector(TextWriter log) : ICacheConnector
{
    /// <summary>Holds the data plane's password: the command line is there for all to read.</summary>
    public const string PasswordVariable = "KVORLEANS_PASSWORD";

    private readonly ClientLog _log = new(log);

    /// <inheritdoc/>
    public IPrefixCache Connect(IReadOnlyList<IPEndPoint> gateways, int connectionsPerSilo, string? clusterId = null, bool digests = true)
    {
        var options = new PrefixCacheClientOptions { ConnectionsPerSilo = connectionsPerSilo };
        options.ClusterId = clusterId ?? options.ClusterId;
        // Silos that kvo starts itself have a cluster id of their own, and no password.
        if (clusterId is null && Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
            options.Password = password;
        options.DigestBytes = digests ? options.DigestBytes : 0;
        foreach (var gateway in gateways)
            options.Gateways.Add(gateway);
        return PrefixCacheClient.Connect(options, _log);
    }
}
