using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Heat;

/// <summary>A silo's hot list as it was when it was asked for last; one block or more.</summary>
/// <param name="Blocks">The blocks by key.</param>
/// <param name="AskedAt">When the question was sent: it is not older.</param>
internal sealed record HotState(IReadOnlyDictionary<BlockKey, HotEntry> Blocks, long AskedAt)
{
    /// <summary>A list; null when it has no blocks.</summary>
    /// <exception cref="HotException">A block is in it twice.</exception>
    public static HotState? Of(IReadOnlyList<HotEntry> entries, long askedAt)
    {
        if (entries.Count == 0)
            return null;
        var blocks = new Dictionary<BlockKey, HotEntry>(entries.Count);
        foreach (var entry in entries)
        {
            if (!blocks.TryAdd(entry.Key, entry))
                throw new HotException("a block is in it twice");
        }

        return new(blocks, askedAt);
    }

    /// <summary>The block, when it is hot.</summary>
    public HotEntry? Find(BlockKey key) => Blocks.TryGetValue(key, out var entry) ? entry : null;
}
