using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Digests;
using KvOrleans.Grains.Chains;
using KvOrleans.Grains.Replication;
using KvOrleans.Grains.Tests.Metrics;
using KvOrleans.Grains.Tests.Replication;
using KvOrleans.Probes;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Grains.Tests.Chains;

/// <summary>When a parent counts as gone, with two other silos that answer as the test says.</summary>
public sealed class OrphanFinderTests : IAsyncDisposable
{
    private static readonly BlockVersion Version = new(1, new(2), 1);

    private readonly BlockStore _store = new(new() { MemoryBytes = 2 << 20, MaxStagedShare = 1 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly ScriptedPeers _peers = new();
    private readonly ReplicationCounters _counters = new(PlainMeters.Instance);
    private readonly FixedMap _map = new(1, Maps.Of(10, 1, 2, 3));
    private readonly OrphanFinder _finder;

    public OrphanFinderTests() => _finder = new(
        _store, _map, _peers, new() { OrphanInterval = TimeSpan.FromMilliseconds(5) }, _counters, TimeProvider.System, NullLogger<OrphanFinder>.Instance);

    public async ValueTask DisposeAsync()
    {
        await _finder.StopAsync(CancellationToken.None);
        _finder.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Parent_ThatNobodyHas_LeavesAnOrphan_AndIsAskedForOfEachSiloOnce()
    {
        Publish("child", "gone");
        Publish("other", "child");
        Publish("head", null);
        var asked = ImmutableList<ImmutableArray<UInt128>>.Empty;
        _peers.Held = keys =>
        {
            ImmutableInterlocked.Update(ref asked, all => all.Add(keys));
            return Task.FromResult<ImmutableArray<ulong>>([0]);
        };
        await _finder.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => _store.Explain("child"u8).IsOrphan, "it is an orphan");

        Assert.Equal(1, _store.GetStatistics().Orphans);
        Assert.All(asked, keys => Assert.Equal([KeyDigest.Hash("gone"u8)], keys));
        Assert.InRange(asked.Count, 4, (2 * _counters.ParentRounds) + 2);
    }

    [Theory]
    [InlineData("one has it")]
    [InlineData("one does not answer")]
    [InlineData("the map may be old")]
    [InlineData("it is in no map")]
    [InlineData("the map changes")]
    public async Task Parent_ThatMayBeSomewhere_LeavesNoOrphan(string why)
    {
        Publish("child", "gone");
        var calls = 0;
        _peers.Held = _ => why switch
        {
            "one has it" => Task.FromResult<ImmutableArray<ulong>>([Interlocked.Increment(ref calls) % 2 == 0 ? 1UL : 0]),
            "one does not answer" => Interlocked.Increment(ref calls) % 2 == 0 ? Task.FromException<ImmutableArray<ulong>>(new TimeoutException()) : Nobody(),
            "the map changes" => Change(),
            _ => Nobody(),
        };
        _map.FenceAge = why == "the map may be old" ? TimeSpan.FromSeconds(4) : TimeSpan.Zero;
        if (why == "it is in no map")
            _map.Current = Maps.Of(11, 2, 3);
        await _finder.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => _counters.ParentRounds >= 10, "it has looked ten times");
        Assert.Equal(0, _store.GetStatistics().Orphans);

        static Task<ImmutableArray<ulong>> Nobody() => Task.FromResult<ImmutableArray<ulong>>([0]);

        Task<ImmutableArray<ulong>> Change()
        {
            var next = Interlocked.Increment(ref calls);
            _map.Current = Maps.Of(10 + next, 1, 2, (ulong)(3 + next));
            return Nobody();
        }
    }

    [Fact]
    public void Witness_NamesWhatItHolds_AndIsAskedForSoMuch()
    {
        for (var i = 0; i < 100; i++)
            Publish($"{i}", null);
        var witness = new ParentWitness(_store);

        var answer = witness.MayHold([.. Enumerable.Range(0, 200).Select(i => KeyDigest.Hash(BlockKey.From($"{i}")))]);

        Assert.Equal(4, answer.Length);
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(ParentWitness.Says(answer, i)));
        Assert.InRange(Enumerable.Range(100, 100).Count(i => ParentWitness.Says(answer, i)), 0, 10);
        Assert.Throws<ArgumentException>(() => witness.MayHold([.. new UInt128[ISiloPeer.MostKeys + 1]]));
        Assert.Throws<ArgumentException>(() => witness.MayHold(default));
    }

    private void Publish(string key, string? parent)
    {
        using var staged = _store.TryStage(1)!;
        staged.Advance(1);
        staged.Parent = parent is null ? 0 : KeyDigest.Hash(BlockKey.From(parent));
        Assert.True(_store.TryPublish(BlockKey.From(key).Span, null, staged, Version, null));
    }
}
