using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Eviction;

/// <summary>Chooses which block goes first: an order among last copies, one among copies, and one among extra copies. One instance serves one store.</summary>
/// <remarks>
/// The store decides whether a last copy or a copy has to go, by the share of the arena that copies may take.
/// <para>
/// All calls come under the store's lock: they must be short, in constant time if possible, and must not call the store.
/// Records are small numbers, used again after <see cref="Removed"/>. A record is at first a candidate; a withdrawn one is not, until
/// it is returned.
/// </para>
/// </remarks>
public interface IEvictionPolicy
{
    /// <summary>A block came in and is a candidate.</summary>
    /// <param name="record">Its number until <see cref="Removed"/>.</param>
    /// <param name="keyHash">The same for the same key as long as the store lives; for policies that remember what they evicted.</param>
    /// <param name="pages">Its size in pages of 4 KiB.</param>
    /// <param name="role">In which order it is.</param>
    void Added(int record, ulong keyHash, int pages, BlockRole role);

    /// <summary>The block was read or matched. It may be withdrawn.</summary>
    void Touched(int record);

    /// <summary>The block must not be picked: it is leased, or was found pinned.</summary>
    void Withdrawn(int record);

    /// <summary>A withdrawn block is a candidate again; its use ended just now.</summary>
    void Returned(int record);

    /// <summary>The block is gone, whether it was evicted, removed, replaced or expired. It may be withdrawn.</summary>
    void Removed(int record);

    /// <summary>The block belongs into the other order now. It may be withdrawn.</summary>
    void RoleChanged(int record, BlockRole role);

    /// <summary>The block is worth nothing until it is touched again: it goes before all others of its role. It may be withdrawn; then it is in its place again once it is returned.</summary>
    void Demoted(int record);

    /// <summary>The record will be touched, withdrawn or returned in a moment, and many others with it: a hint, to have what is known of it in the processor's cache.</summary>
    void Expected(int record)
    {
    }

    /// <summary>Names the block of a role to go first. It stays a candidate, and the first one until something changes: <see cref="Removed"/> or <see cref="Withdrawn"/> of it may follow.</summary>
    /// <returns>False when there is no candidate in this role.</returns>
    bool TryPickVictim(BlockRole role, out int record);
}
