using System.Collections.Concurrent;
using System.Collections.Frozen;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Heat;

/// <summary>The hot blocks that other silos own, as they told. Thread-safe.</summary>
public sealed class HotLists(IClusterMapSource source, TimeProvider time)
{
    private readonly ConcurrentDictionary<SiloLife, Told> _lists = [];

    /// <summary>Takes a list in place of the silo's last one.</summary>
    public void Take(SiloLife owner, HotList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var map = source.Current;
        foreach (var life in _lists.Keys.Where(life => map.IndexOf(life) < 0))
            _lists.TryRemove(life, out _);
        if (map.IndexOf(owner) < 0 || list.Blocks.Length > HotList.MostBlocks)
            return;
        // Calls may overtake each other.
        if (!_lists.TryGetValue(owner, out var before) || before.Number <= list.Number)
            _lists[owner] = new(list.Number, list.Blocks.DistinctBy(block => block.Key).ToFrozenDictionary(block => block.Key), time.GetTimestamp());
    }

    /// <summary>What the owner of a block has told of it lately; null when it is not hot.</summary>
    public HotBlock? Find(SiloLife owner, BlockKey key) =>
        _lists.TryGetValue(owner, out var told) && told.Blocks.TryGetValue(key, out var block) && time.GetElapsedTime(told.At) < HeatRules.ListLife ? block : null;

    private sealed record Told(long Number, FrozenDictionary<BlockKey, HotBlock> Blocks, long At);
}
