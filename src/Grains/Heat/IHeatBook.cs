using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;

namespace KvOrleans.Grains.Heat;

/// <summary>What this silo knows of the blocks that it owns and that are hot. Thread-safe.</summary>
public interface IHeatBook
{
    /// <summary>The hot blocks that more than one silo holds.</summary>
    HotList List { get; }

    /// <summary>Takes in what a silo has read. Answers what becomes of its copies.</summary>
    ImmutableArray<HeatVerdict> Report(HeatReport report);

    /// <summary>The block was deleted: it leaves the list before this returns.</summary>
    void Forget(BlockKey key);
}
