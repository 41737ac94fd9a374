using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Routing;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Probes.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client.Tests.Heat;

/// <summary>Links to silos that nobody connects to, one map of them all, and what the first of them lists.</summary>
internal sealed class ChoiceLinks : IDisposable
{
    public const int Length = 1000;

    public static readonly BlockKey Key = BlockKey.From("kv:m/hot");
    public static readonly BlockVersion Version = new(1, new(1), 1);

    private readonly PrefixCacheClientMetrics _metrics = new();

    public ChoiceLinks(int count, string zone = "", Func<int, int>? weight = null, Func<int, string>? zoneOf = null)
    {
        Heating = Heating.Of(Clock);
        var digesting = Digesting.Of(0, Clock, Clock);
        var silos = Enumerable.Range(0, count)
            .Select(i => new SiloDescriptor(((char)('a' + i)).ToString(), zoneOf?.Invoke(i) ?? "", weight?.Invoke(i) ?? 1, new(IPAddress.Loopback, 1 + i), new((ulong)i + 1)));
        var map = ScriptedControlPlane.MapOf(1, [.. silos]);
        View = new(map, [.. map.Silos.Select(silo => new SiloLink(silo, new(), digesting, Heating, _metrics, TimeProvider.System, NullLogger.Instance))]);
        Choice = new(zone, Heating, _metrics, new Random(7));
    }

    public ManualTimeProvider Clock { get; } = new();

    public Heating Heating { get; }

    public HolderChoice Choice { get; }

    public ClusterView View { get; }

    public SiloLink this[int index] => View.Links[index];

    /// <summary>Silo <paramref name="owner"/> lists the key as held by these.</summary>
    public void List(int owner, params int[] holders) =>
        this[owner].Heat.Take(new(5, 0, [new(Key, Version, Length, 0, [.. holders.Select(holder => this[holder].Silo.DataPlane)])]), Clock.GetTimestamp());

    /// <summary>The silo says to have sent so many bytes.</summary>
    public void Sent(int silo, long bytes) => this[silo].Heat.Take(new(5, bytes, null), Clock.GetTimestamp());

    /// <summary>Chooses so many times, and says how often each silo was taken.</summary>
    public int[] Choose(int times, int owner = 0)
    {
        var taken = new int[View.Links.Length];
        for (var i = 0; i < times; i++)
            taken[Array.IndexOf(View.Links, Choice.Choose(View, this[owner], Key, "read"))]++;
        return taken;
    }

    public void Dispose()
    {
        foreach (var link in View.Links)
            link.Dispose();
        _metrics.Dispose();
    }
}
