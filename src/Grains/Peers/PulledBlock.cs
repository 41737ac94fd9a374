using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Grains.Peers;

/// <summary>A block's content that was pulled from another silo and verified.</summary>
/// <param name="Staged">Its bytes; the receiver's to publish or to dispose of.</param>
/// <param name="Version">Which content it is.</param>
/// <param name="TimeToLive">How long it has left; null: it does not expire.</param>
public sealed record PulledBlock(StagedBlock Staged, BlockVersion Version, TimeSpan? TimeToLive);
