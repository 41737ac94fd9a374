using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using KvOrleans.Probes.Clocks;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>Silo A as far as maps and registers go, with a membership table and a clock that the test writes.</summary>
internal sealed class ScriptedSilo : IDisposable
{
    public const ulong Incarnation = 7;

    public static readonly TimeSpan Wait = RegisterGuard.Fence + RegisterGuard.Slack;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private TableReading? _last;

    public ScriptedSilo(bool isNewTable = false, params IMapFollower[] followers)
    {
        var details = new ScriptedDetails(A);
        var clock = new FenceClock(Time);
        View = new(details, clock);
        Guard = new(View.Life, Life, clock);
        Store = new(new() { MemoryBytes = 4 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), Time);
        Installer = new(View, Guard, Store, Life, details, followers, isNewTable, NullLogger<MapInstaller>.Instance);
    }

    public static SiloAddress A { get; } = At(1);

    public static SiloAddress B { get; } = At(2);

    public static SiloAddress C { get; } = At(3);

    public ManualTimeProvider Time { get; } = new();

    public LifeEnd Life { get; } = new();

    public ClusterView View { get; }

    public RegisterGuard Guard { get; }

    public BlockStore Store { get; }

    public MapInstaller Installer { get; }

    public static SiloAddress At(int number, int generation = 1) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000 + number), generation);

    public static TableRow Row(SiloAddress silo, SiloStatus status = SiloStatus.Active, string? name = null) =>
        new(silo, status, new SiloIdentity(name ?? $"s{silo.Endpoint.Port}", "", 1, new(IPAddress.Loopback, silo.Endpoint.Port + 1000)).Encode());

    public static TableReading Table(long version, params SiloAddress[] active) => Table(version, [.. active.Select(silo => Row(silo))]);

    public static TableReading Table(long version, params TableRow[] rows) => new(Incarnation, version, [.. rows], "server");

    /// <summary>A key that each of these sets of silos gives to the silo beside it.</summary>
    public static BlockKey Key(params (SiloAddress[] Silos, SiloAddress Owner)[] wanted)
    {
        var maps = wanted.Select(one => (Map: MapOf(one.Silos), Owner: SiloLife.Of(one.Owner))).ToArray();
        return Enumerable.Range(0, 10_000).Select(i => BlockKey.From($"k{i}"))
            .First(key => maps.All(one => one.Map.Silos[Rendezvous.OwnerOf(key, one.Map)].Life == one.Owner));
    }

    /// <summary>The table is read, in no time.</summary>
    public void Read(TableReading table)
    {
        _last = table;
        Installer.Install(table, Time.GetTimestamp(), Time.GetTimestamp());
        Guard.TrySettle();
    }

    /// <summary>Time passes while the table, unchanged, is read each second.</summary>
    public void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            Time.Advance(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
            Read(_last!);
        }
    }

    /// <summary>As much time passes as a life that is gone is given, but for a moment.</summary>
    public void PassAlmostAll() => Pass(Wait - Moment);

    public void PassTheRest() => Pass(Moment);

    /// <summary>Another silo says that it has installed the table that was read last.</summary>
    public void Confirm(SiloAddress by) => Confirm(by, _last!);

    public void Confirm(SiloAddress by, TableReading installed)
    {
        Guard.Confirmed(SiloLife.Of(by), new(installed.Incarnation, installed.Version, installed.Digest));
        Guard.TrySettle();
    }

    public void Publish(BlockKey key, BlockKind kind)
    {
        using var staged = Store.TryStage(1)!;
        staged.Remaining.Span.Fill(1);
        staged.Advance(1);
        Assert.True(Store.TryPublish(key.Span, null, staged, new(1, View.Life, 1), null, kind));
    }

    public bool Has(BlockKey key) => Store.TryGetInfo(key.Span, out _);

    public void Dispose()
    {
        Store.Dispose();
        View.Dispose();
    }

    private static ClusterMap MapOf(SiloAddress[] silos) => new(
        1, [.. silos.Select(silo => new SiloDescriptor($"s{silo.Endpoint.Port}", "", 1, silo.Endpoint, SiloLife.Of(silo))).OrderBy(one => one.Name, StringComparer.Ordinal)]);
}
