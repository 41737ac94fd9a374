using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Tests.Metrics;
using KvOrleans.Probes;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Eviction;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>Who is told of which evicted copies.</summary>
public sealed class DroppedCopiesTests : IAsyncDisposable
{
    private static readonly BlockVersion Version = new(1, new(2), 1);

    private readonly BlockStore _store = new(new() { MemoryBytes = 2 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly ScriptedPeers _peers = new();
    private readonly ReplicationCounters _counters = new(PlainMeters.Instance);
    private readonly HolderBits _holders;
    private readonly DroppedCopies _dropped;
    private ImmutableList<DroppedCopy> _told = [];

    public DroppedCopiesTests()
    {
        var map = new FixedMap(1, Maps.Of(10, 1, 2));
        _holders = new(_store);
        _holders.Follow(map.Current);
        _dropped = new(_store, map, _holders, _peers, _counters, TimeProvider.System);
        _peers.Dropped = copies =>
        {
            ImmutableInterlocked.Update(ref _told, told => told.AddRange(copies));
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _dropped.StopAsync(CancellationToken.None);
        _dropped.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Copies_ThatWereEvicted_AreToldToWhoKnowsOfThem_AndThoseThatAreHereAgainAreNot()
    {
        foreach (var key in new[] { "gone", "again", "unknown" })
            Publish(key);
        foreach (var key in new[] { "gone", "again" })
            Assert.True(_holders.Add(BlockKey.From(key), Version, Maps.Life(2)));
        _store.TryStage(2 << 20)!.Dispose();
        Publish("again");

        await _dropped.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => _told.Count > 0, "the owner was told");
        Assert.Equal([new(BlockKey.From("gone"), Version)], _told);
    }

    [Fact]
    public async Task Owner_ThatDoesNotAnswer_IsToldTwice()
    {
        var calls = 0;
        _peers.Dropped = _ => { Interlocked.Increment(ref calls); return Task.FromException(new TimeoutException()); };
        Publish("first");
        Assert.True(_holders.Add(BlockKey.From("first"), Version, Maps.Life(2)));
        _store.TryStage(2 << 20)!.Dispose();
        await _dropped.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => calls == 2, "it was told twice");

        Publish("second");
        Assert.True(_holders.Add(BlockKey.From("second"), Version, Maps.Life(2)));
        _store.TryStage(2 << 20)!.Dispose();

        await Eventually.HoldsAsync(() => calls == 4, "it was told of the next twice");
    }

    private void Publish(string key)
    {
        using var staged = _store.TryStage(1, BlockRole.Copy)!;
        staged.Advance(1);
        Assert.True(_store.TryPublishCopy(BlockKey.From(key).Span, staged, Version, null, BlockRole.Copy));
    }
}
