using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Peers;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>Other silos that all answer as a test says.</summary>
internal sealed class ScriptedPeers : ISiloPeers, ISiloPeer
{
    public Func<BlockOffer, Task<OfferAnswer>> Offered { get; set; } = _ => Task.FromResult(new OfferAnswer(ulong.MaxValue, 0));

    public Func<TimeSpan, Task<TombstonePage>> Tombstones { get; set; } = _ => Task.FromResult(new TombstonePage([], 0, TimeSpan.Zero));

    public Func<ImmutableArray<DroppedCopy>, Task> Dropped { get; set; } = _ => Task.CompletedTask;

    public Func<HotOffer, Task<HotAnswer>> HotOffered { get; set; } = _ => Task.FromResult(HotAnswer.Extra);

    public Func<ImmutableArray<UInt128>, Task<ImmutableArray<ulong>>> Held { get; set; } = keys => Task.FromResult(ImmutableArray.Create(new ulong[(keys.Length + 63) / 64]));

    public ISiloPeer? Of(SiloLife life) => this;

    public ValueTask<MapPosition> ConfirmAsync(MapPosition asked) => new(asked);

    public ValueTask<OfferAnswer> OfferAsync(BlockOffer offer) => new(Offered(offer));

    public ValueTask CopiesDroppedAsync(SiloLife source, ImmutableArray<DroppedCopy> copies) => new(Dropped(copies));

    public ValueTask HandoffDoneAsync(SiloLife source, MapPosition map) => default;

    public ValueTask<MapPosition> BuryAsync(BlockKey key, BlockVersion version, MapPosition decider) => new(decider);

    public ValueTask<ImmutableArray<HeatVerdict>> ReportHeatAsync(HeatReport report) => new([.. report.Blocks.Select(_ => HeatVerdict.Keep)]);

    public ValueTask<HotAnswer> TakeHotAsync(HotOffer offer) => new(HotOffered(offer));

    public ValueTask HotBlocksAsync(SiloLife source, HotList list) => default;

    public ValueTask<TombstonePage> GetTombstonesAsync(TimeSpan age, long cursor) => new(Tombstones(age));

    public ValueTask<SiloSnapshot> GetSnapshotAsync(long samplesAfter, long eventsAfter) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<ulong>> MayHoldAsync(ImmutableArray<UInt128> keys) => new(Held(keys));
}
