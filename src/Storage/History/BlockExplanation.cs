using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.History;

/// <summary>All that a store knows of a key.</summary>
/// <param name="Info">What is here; null: nothing, and the next four are to be passed by.</param>
/// <param name="Role">What this silo is to the block.</param>
/// <param name="Kind">Which promise the block was published with.</param>
/// <param name="Uses">How often it was read or matched; stays at 255.</param>
/// <param name="Holders">Who else is known to hold it: a bit each.</param>
/// <param name="Departure">How the key's last block left that did; null: that is not remembered.</param>
/// <param name="Buried">How long ago a delete of the key was last told of; null: there is no tombstone.</param>
/// <param name="Remembers">How far back departures are remembered.</param>
/// <param name="Parent">The hash of the key that it names as its parent; 0: none.</param>
/// <param name="IsOrphan">Whether that one is gone from the cluster, so that this one goes first.</param>
public readonly record struct BlockExplanation(
    BlockInfo? Info, BlockRole Role, BlockKind Kind, byte Uses, ulong Holders, Departure? Departure, TimeSpan? Buried, TimeSpan Remembers,
    UInt128 Parent, bool IsOrphan);
