using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using Orleans.Services;

namespace KvOrleans.Contracts.Control;

/// <summary>What silos ask of each other; one on every silo. No payload passes through it.</summary>
[Alias("KvOrleans.ISiloPeer")]
public interface ISiloPeer : IGrainService
{
    /// <summary>The most keys of one question.</summary>
    const int MostExplainedKeys = 64;

    /// <summary>The most keys of one <see cref="MayHoldAsync"/>.</summary>
    const int MostKeys = 2048;

    /// <summary>Which map this silo has installed: it no longer acts on what that map took from it. One that is behind <paramref name="asked"/> reads the table at once.</summary>
    [Alias("Confirm")]
    ValueTask<MapPosition> ConfirmAsync(MapPosition asked);

    /// <summary>Offers blocks that the source holds. What this silo lacks it pulls from the source; it answers when that is done, which on a slow network takes longer than other calls.</summary>
    [Alias("Offer"), ResponseTimeout("00:00:25")]
    ValueTask<OfferAnswer> OfferAsync(BlockOffer offer);

    /// <summary>The source evicted copies of which this silo may know.</summary>
    [Alias("CopiesDropped")]
    ValueTask CopiesDroppedAsync(SiloLife source, ImmutableArray<DroppedCopy> copies);

    /// <summary>The source has offered all that <paramref name="map"/> gave to this silo.</summary>
    [Alias("HandoffDone")]
    ValueTask HandoffDoneAsync(SiloLife source, MapPosition map);

    /// <summary>Drops a write-once block and keeps a tombstone. Answers which map this silo has installed: a newer one than the decider's makes it decide again.</summary>
    /// <param name="key">The block.</param>
    /// <param name="version">The version that the delete took.</param>
    /// <param name="decider">The map under which it was decided.</param>
    [Alias("Bury")]
    ValueTask<MapPosition> BuryAsync(BlockKey key, BlockVersion version, MapPosition decider);

    /// <summary>The tombstones that this silo keeps and that are no older than <paramref name="age"/>, in pages.</summary>
    /// <param name="age">How far back to look.</param>
    /// <param name="cursor">0 at first, then what the last page gave.</param>
    [Alias("GetTombstones")]
    ValueTask<TombstonePage> GetTombstonesAsync(TimeSpan age, long cursor);

    /// <summary>What the source has read of blocks that this silo owns. Answers what becomes of each copy.</summary>
    [Alias("ReportHeat")]
    ValueTask<ImmutableArray<HeatVerdict>> ReportHeatAsync(HeatReport report);

    /// <summary>Pulls an extra copy of a hot block. Answers, when that is done, how this silo holds it.</summary>
    [Alias("TakeHot"), ResponseTimeout("00:00:25")]
    ValueTask<HotAnswer> TakeHotAsync(HotOffer offer);

    /// <summary>The hot blocks that the source owns, in place of those it told of before.</summary>
    [Alias("HotBlocks")]
    ValueTask HotBlocksAsync(SiloLife source, HotList list);

    /// <summary>This silo now, for whoever watches the cluster.</summary>
    /// <param name="samplesAfter">The number of the last second that the asker knows; 0: none.</param>
    /// <param name="eventsAfter">The number of the last event that the asker knows; 0: none.</param>
    [Alias("GetSnapshot"), ResponseTimeout("00:00:01")]
    ValueTask<SiloSnapshot> GetSnapshotAsync(long samplesAfter, long eventsAfter);

    /// <summary>What this silo knows of each key, in their order; <see cref="MostExplainedKeys"/> at the most.</summary>
    [Alias("Explain"), ResponseTimeout("00:00:02")]
    ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys);

    /// <summary>Which of these keys this silo may hold, by its digest: whatever it holds is among them, and one in a hundred of the others.</summary>
    /// <param name="keys">1 to <see cref="MostKeys"/> hashes of keys, see <see cref="Digests.KeyDigest"/>.</param>
    /// <returns>Bit i of word i / 64 stands for key i.</returns>
    [Alias("MayHold")]
    ValueTask<ImmutableArray<ulong>> MayHoldAsync(ImmutableArray<UInt128> keys);
}
