using KvOrleans.Storage.Digests;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>The bytes of one changed block of the digest: its index and its bits, little-endian.</summary>
    public const int BytesPerDigestChange = DigestFilter.BytesPerChange;

    private const int DigestBlocksPerSlice = 128;
    private const int DigestLooksPerSlice = 4096;

    /// <summary>Reads what changed in the digest of the keys that are here. All of it belongs to one filter.</summary>
    /// <param name="generation">The filter that the caller knows; of any other all is read that is not empty, and <paramref name="since"/> and <paramref name="first"/> do not count.</param>
    /// <param name="since">The number up to which the caller knows it.</param>
    /// <param name="first">From which block on.</param>
    /// <param name="into">Where changed blocks go, <see cref="BytesPerDigestChange"/> each, in ascending order: as many as there is room for, one or more.</param>
    /// <returns>What was read. A key that was here when it was called, and not dropped meanwhile, is in the filter once its changes up to the end are known.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or there is no room for a block.</exception>
    public DigestRead ReadDigest(ulong generation, long since, int first, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(since);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(into.Length, BytesPerDigestChange, nameof(into));
        DigestRead? begun = null;
        for (var changes = 0; ;)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                var filter = _catalog.Digest.Current;
                if (begun is null)
                {
                    begun = new(filter.Generation, _catalog.Digest.Number, filter.Blocks, 0, 0);
                    if (filter.Generation != generation)
                        (since, first) = (0, 0);
                }

                // When another filter took its place meanwhile, what is left of this one is never read: who goes on with it gets the other.
                if (filter.Generation == begun.Value.Generation)
                {
                    first = filter.CopyChanges(since, first, into[(changes * BytesPerDigestChange)..], DigestBlocksPerSlice, DigestLooksPerSlice, out var copied);
                    changes += copied;
                    if (first > 0 && into.Length - (changes * BytesPerDigestChange) >= BytesPerDigestChange)
                        continue;
                }

                return begun.Value with { Next = first, Changes = changes };
            }
        }
    }

    /// <summary>Goes on with the digest's rebuilding, if one is under way or due.</summary>
    private void RebuildDigest(int maxRecords)
    {
        for (; maxRecords > 0; maxRecords -= KeysPerSlice)
        {
            lock (_lock)
            {
                ThrowIfDisposed();
                if (!_catalog.GoOnWithDigest(KeysPerSlice))
                    return;
            }
        }
    }
}
