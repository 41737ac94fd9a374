using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Digests;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Reads the digest for clients, so many bytes a second for all together. Thread-safe.</summary>
internal sealed class DigestReader(BlockStore store, ByteBudget budget)
{
    /// <summary>Reads what changed, as far as there is room; where the rate is used up a single block, so that every reader gets on.</summary>
    /// <inheritdoc cref="BlockStore.ReadDigest"/>
    public DigestRead Read(ulong generation, long since, int first, Span<byte> into)
    {
        var read = store.ReadDigest(generation, since, first, budget.Wait <= TimeSpan.Zero ? into : into[..BlockStore.BytesPerDigestChange]);
        budget.Take((long)read.Changes * BlockStore.BytesPerDigestChange);
        return read;
    }
}
