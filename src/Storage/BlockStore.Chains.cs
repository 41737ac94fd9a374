using KvOrleans.Storage.Chains;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Goes on with a round over the blocks that name a parent, in short slices. A parent that is here is found at once.</summary>
    /// <param name="cursor">0 to begin, then what the last call returned.</param>
    /// <param name="maxRecords">The most records to look at.</param>
    /// <param name="into">Where blocks go whose parent is not here, for <see cref="ParentsSought"/>.</param>
    /// <param name="taken">How many there are; it stops when there is no room for more.</param>
    /// <returns>Where to go on; 0: the round is over. What is leased, or being read, is passed by.</returns>
    /// <remarks>It is asked of the digest whether a parent is here, so now and then one that is gone is taken for present. Nothing that is here is missed.</remarks>
    public int SeekParents(int cursor, int maxRecords, Span<ChildBlock> into, out int taken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        for (taken = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var end = _catalog.Children == 0 ? 0 : (int)Math.Min(_catalog.RecordLimit, (long)cursor + Math.Min(maxRecords, RecordsPerSlice));
                maxRecords -= Math.Max(1, end - cursor);
                for (var sought = 0; cursor < end && sought < KeysPerSlice && taken < into.Length; cursor++)
                {
                    ref var record = ref _catalog[cursor];
                    if (!BlockCatalog.IsToSeekParent(record))
                        continue;
                    sought++;
                    if (_catalog.Digest.Current.MayHave(record.Parent))
                        _catalog.ParentSought(cursor, isThere: true);
                    else
                        into[taken++] = new(cursor, record.Generation, record.Parent);
                }

                if (_catalog.Children == 0 || cursor >= _catalog.RecordLimit)
                    return 0;
                if (maxRecords <= 0 || taken == into.Length)
                    return cursor;
            }
        }
    }

    /// <summary>Says which of these keys may be here. Each that is, is among them; of those that are not, one in a hundred too.</summary>
    /// <param name="keys">Hashes of keys.</param>
    /// <param name="found">Gets one answer a key.</param>
    public void MayHold(ReadOnlySpan<UInt128> keys, Span<bool> found)
    {
        for (var at = 0; at < keys.Length;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                for (var end = Math.Min(keys.Length, at + KeysPerSlice); at < end; at++)
                    found[at] = _catalog.Digest.Current.MayHave(keys[at]);
            }
        }
    }

    /// <summary>
    /// The parents of blocks were looked for everywhere. A block whose parent was missed twice in a row is an orphan, and goes before all others of its role, until it is used or its parent is seen again.
    /// </summary>
    /// <param name="children">Blocks that <see cref="SeekParents"/> named; what is there no more is passed by.</param>
    /// <param name="found">Whether the parent of each may be somewhere.</param>
    public void ParentsSought(ReadOnlySpan<ChildBlock> children, ReadOnlySpan<bool> found)
    {
        for (var at = 0; at < children.Length;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                for (var end = Math.Min(children.Length, at + KeysPerSlice); at < end; at++)
                {
                    ref var record = ref _catalog[children[at].Record];
                    if (record.Generation == children[at].Generation && BlockCatalog.IsToSeekParent(record))
                        _catalog.ParentSought(children[at].Record, found[at]);
                }
            }
        }
    }

    /// <summary>Which parent a block names, if its current version is the expected one; 0: none.</summary>
    public UInt128 ParentOf(ReadOnlySpan<byte> key, Contracts.Blocks.BlockVersion expected)
    {
        var hash = _catalog.Hash(key);
        lock (_lock)
            return FindExactly(key, hash, expected) is >= 0 and var number ? _catalog[number].Parent : 0;
    }
}
