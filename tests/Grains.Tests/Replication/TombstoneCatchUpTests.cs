using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Replication;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>What a new life does with the blocks that it found, before it knows what was deleted.</summary>
public sealed class TombstoneCatchUpTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedPeers _peers = new();
    private readonly FixedMap _map = new(1, Maps.Of(10, 1, 2));
    private readonly BlockStore _store;

    public TombstoneCatchUpTests()
    {
        _store = new(new() { MemoryBytes = 4 << 20 }, new LruEvictionPolicy(), _time);
        Publish("kv:deleted");
        Publish("kv:kept");
    }

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task FoundBlocks_AreServedWhenASiloThatKnowsAllDeletesHasTold()
    {
        var asked = new TaskCompletionSource<TombstonePage>();
        TimeSpan? age = null;
        _peers.Tombstones = wanted => { age = wanted; return asked.Task; };
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 7));
        await Eventually.HoldsAsync(() => age is not null, "the other silo is asked");
        Assert.False(catchUp.MayServe);
        Assert.Equal(TimeSpan.Zero, catchUp.CompleteSince);
        Assert.InRange(age!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));

        asked.SetResult(new([new(KeyId.Of("kv:deleted"u8), new(9, new(2), 1), TimeSpan.Zero)], 0, TimeSpan.FromHours(1)));

        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");
        Assert.Equal((false, true), (Holds("kv:deleted"), Holds("kv:kept")));
        Assert.InRange(catchUp.CompleteSince, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task FoundBlocks_AreDroppedWhenNobodyKnowsAllDeletes()
    {
        _peers.Tombstones = _ => Task.FromResult(new TombstonePage([], 0, TimeSpan.FromSeconds(4)));
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 7));

        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");

        Assert.Equal((false, false), (Holds("kv:deleted"), Holds("kv:kept")));
    }

    [Fact]
    public async Task FoundBlocks_StayWhenTheTableWasLostAndAllHaveTold()
    {
        _peers.Tombstones = _ => Task.FromResult(
            new TombstonePage([new(KeyId.Of("kv:deleted"u8), new(9, new(2), 1), TimeSpan.Zero)], 0, TimeSpan.Zero));
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 6));

        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");

        Assert.Equal((false, true), (Holds("kv:deleted"), Holds("kv:kept")));
    }

    [Fact]
    public async Task FoundBlocks_AreDroppedWhenNobodyIsThereForLong()
    {
        _map.Current = Maps.Of(11, 1);
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 7));
        Assert.False(catchUp.MayServe);
        Assert.True(Holds("kv:kept"));

        _time.Advance(TimeSpan.FromSeconds(16));

        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");
        Assert.False(Holds("kv:kept"));
    }

    [Fact]
    public async Task ASiloThatDoesNotAnswer_IsAskedAgain()
    {
        var calls = 0;
        _peers.Tombstones = _ => ++calls < 3
            ? Task.FromException<TombstonePage>(new TimeoutException())
            : Task.FromResult(new TombstonePage([], 0, TimeSpan.FromHours(1)));
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 7));

        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");

        Assert.True(Holds("kv:kept"));
    }

    [Fact]
    public async Task MayServe_BehindALapsedFence_OnlyWhenItIsKnownThatTheTableCannotBeRead()
    {
        using var catchUp = Start(new NoFormerLife());
        await Eventually.HoldsAsync(() => catchUp.MayServe, "it serves");

        _map.FenceAge = TimeSpan.FromSeconds(3.1);

        Assert.False(catchUp.MayServe);
        _map.IsCutOff = true;
        Assert.True(catchUp.MayServe);
    }

    [Fact]
    public async Task MayRuleOut_BehindALapsedFence_Never()
    {
        var asked = new TaskCompletionSource<TombstonePage>();
        _peers.Tombstones = _ => asked.Task;
        using var catchUp = Start(new FormerLife(_time, TimeSpan.FromSeconds(5), incarnation: 7));
        Assert.False(catchUp.MayRuleOut);
        asked.SetResult(new([], 0, TimeSpan.FromHours(1)));
        await Eventually.HoldsAsync(() => catchUp.MayRuleOut, "deletes are known, and the fence holds");

        _map.FenceAge = TimeSpan.FromSeconds(3.1);

        Assert.False(catchUp.MayRuleOut);
        _map.IsCutOff = true;
        Assert.False(catchUp.MayRuleOut);
        _map.FenceAge = TimeSpan.FromSeconds(3);
        Assert.True(catchUp.MayRuleOut);
    }

    private TombstoneCatchUp Start(IFormerLife former)
    {
        var catchUp = new TombstoneCatchUp(_store, _map, _peers, former, _time, NullLogger<TombstoneCatchUp>.Instance);
        _ = catchUp.StartAsync(CancellationToken.None);
        return catchUp;
    }

    private void Publish(string key)
    {
        var staged = _store.TryStage(0)!;
        Assert.True(_store.TryPublish(System.Text.Encoding.UTF8.GetBytes(key), null, staged, new(8, new(9), 1), null));
    }

    private bool Holds(string key) => _store.TryGetInfo(System.Text.Encoding.UTF8.GetBytes(key), out _);
}
