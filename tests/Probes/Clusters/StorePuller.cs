using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Probes.Clusters;

/// <summary>Pulls straight from the other silo's store, in place of a data plane.</summary>
internal sealed class StorePuller(ClusterStores stores) : IBlockPuller
{
    public async ValueTask<PulledBlock?> PullAsync(
        SiloDescriptor source, BlockKey key, BlockVersion version, Func<int, StagedBlock?> stage, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (stores.Of(source.Life)?.TryOpen(key.Span, out var block, countsAsUse: false) != true)
                return null;
            using var open = block;
            if ((!version.IsNone && open.Version != version) || stage(open.Length) is not { } staged)
                return null;
            for (var i = 0; i < open.SegmentCount; i++)
                Write(open.GetSegment(i), staged);
            staged.Parent = stores.Of(source.Life)?.ParentOf(key.Span, open.Version) ?? 0;
            return new(staged, open.Version, open.TimeToLive);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private static void Write(ReadOnlyMemory<byte> bytes, StagedBlock staged)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, staged.Remaining.Length);
            bytes[..count].CopyTo(staged.Remaining);
            staged.Advance(count);
            bytes = bytes[count..];
        }
    }
}
