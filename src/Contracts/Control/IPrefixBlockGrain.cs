using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Control;

/// <summary>Decides every change of one block. Its key is the <see cref="KeyId"/> in hex. No payload passes through it.</summary>
[Alias("KvOrleans.IPrefixBlockGrain")]
public interface IPrefixBlockGrain : IGrainWithStringKey
{
    /// <summary>Decides a write whose bytes are staged on the grain's own silo, and publishes it when it is accepted.</summary>
    /// <remarks>Whatever the answer, the staged bytes have a new owner or are freed: the caller must not use them again.</remarks>
    [Alias("Commit")]
    ValueTask<BlockDecision> CommitAsync(CommitRequest request);

    /// <summary>Decides a delete.</summary>
    [Alias("Delete")]
    ValueTask<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition);

    /// <summary>Decides a change of the time to live; null means that the block no longer expires.</summary>
    [Alias("Expire")]
    ValueTask<BlockDecision> ExpireAsync(BlockKey key, TimeSpan? timeToLive);

    /// <summary>What the index holds of the block now; null when it is absent.</summary>
    [Alias("Inspect")]
    ValueTask<BlockInfo?> InspectAsync(BlockKey key);
}
