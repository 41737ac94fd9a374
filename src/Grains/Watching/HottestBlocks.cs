using System.Collections.Immutable;
using KvOrleans.Contracts.Heat;
using KvOrleans.Grains.Heat;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Heat;

namespace KvOrleans.Grains.Watching;

/// <summary>Asks the heat book and the store's own count.</summary>
internal sealed class HottestBlocks(BlockStore store, IHeatBook book, HolderBits holders, IClusterMapSource map) : IHottestBlocks
{
    // What is read less is not worth a line.
    private const double LeastShare = 0.01;
    private const double LeastReads = 2;

    public ImmutableArray<HotBlock> Spread(int most) => [.. book.List.Blocks.Take(most)];

    public ImmutableArray<HotBlock> Read(int most)
    {
        List<BlockHeat> found = [];
        store.Heat.FindHottest(LeastShare, LeastReads, found);
        return [.. found.OrderByDescending(heat => heat.Sums.BytesPerSecond).Take(most).Select(Describe)];
    }

    /// <summary>Only who answers for a block knows who else has it.</summary>
    private HotBlock Describe(BlockHeat heat) => new(
        heat.Key, heat.Info.Version, heat.Info.Length, (long)heat.Sums.BytesPerSecond,
        heat.Role == BlockRole.Last ? [map.Life, .. holders.LivesOf(store.HoldersOf(heat.Key.Span, heat.Info.Version))] : [map.Life]);
}
