using System.Net;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.News;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Wire;
using KvOrleans.Wire.Connections;
using KvOrleans.Wire.Sockets;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Connections;

/// <summary>All the connections to one life of a silo.</summary>
internal sealed class SiloLink : IDisposable
{
    private readonly SiloNews _news;

    public SiloLink(
        SiloDescriptor silo, PrefixCacheClientOptions options, Digesting digesting, Heating heating, PrefixCacheClientMetrics metrics, TimeProvider time, ILogger logger)
    {
        Silo = silo;
        Backoff = new(time);
        Reads = new(Backoff, time);
        Matches = new(Backoff, time);
        Lapse = new(time);
        // No payloads come where leases are, but replies of many lines.
        var dialer = new SiloDialer(options.Password, readAhead: RespInput.DefaultCapacity);
        Pool = new(silo.DataPlane, options, new(options.Password, SocketReactor.Shared), Backoff, metrics, logger);
        Leases = new(silo.DataPlane, dialer, Backoff, metrics, logger);
        Digest = new(silo.DataPlane, digesting, metrics, logger);
        Heat = new(silo.DataPlane, heating, logger);
        _news = new(silo.DataPlane, dialer, [Digest, Heat], digesting.Activity, digesting.Time, metrics, logger);
    }

    /// <summary>The silo as the map has it.</summary>
    public SiloDescriptor Silo { get; }

    /// <summary>Whether the silo answers.</summary>
    public ConnectionBackoff Backoff { get; }

    /// <summary>How soon replies to reads begin.</summary>
    public Responsiveness Reads { get; }

    /// <summary>How soon replies to matches begin.</summary>
    public Responsiveness Matches { get; }

    /// <summary>Since when matches get no answers.</summary>
    public MatchLapse Lapse { get; }

    /// <summary>Connections for reads and writes.</summary>
    public ConnectionPool Pool { get; }

    /// <summary>The connection that leases belong to.</summary>
    public LeaseLine Leases { get; }

    /// <summary>What cannot be there.</summary>
    public SiloDigest Digest { get; }

    /// <summary>What is read much, and how much the silo has to do.</summary>
    public SiloHeat Heat { get; }

    /// <summary>Whether the link leads to <paramref name="silo"/>: the same life at the same place.</summary>
    public bool LeadsTo(SiloDescriptor silo) => Silo.Life == silo.Life && Silo.Name == silo.Name && Silo.DataPlane.Equals(silo.DataPlane);

    /// <summary>Opens what the first calls will need.</summary>
    public void Warm()
    {
        Pool.Warm();
        Leases.Warm();
        _news.Begin();
    }

    /// <summary>Looks for calls that wait too long. One thread at a time.</summary>
    public void Tick()
    {
        Pool.Tick();
        Leases.Tick();
    }

    /// <summary>Ends the connections; calls under way on them fail at once.</summary>
    public void Dispose()
    {
        Pool.Dispose();
        Leases.Dispose();
        Heat.Left();
        _news.Dispose();
    }
}
