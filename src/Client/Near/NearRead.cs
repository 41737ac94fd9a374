using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Near;

/// <summary>The blocks of one read of a match that are near, pinned while it goes on.</summary>
internal sealed class NearRead : IDisposable
{
    private readonly NearCache _cache;
    private readonly ClusterView _view;
    private readonly NearBlock?[] _blocks;

    private NearRead(NearCache cache, ClusterView view, NearBlock?[] blocks)
    {
        _cache = cache;
        _view = view;
        _blocks = blocks;
    }

    /// <summary>The bytes that were copied.</summary>
    public long Bytes { get; private set; }

    /// <summary>What is near now of the first <paramref name="count"/> blocks of a match; null when nothing is.</summary>
    public static NearRead? Of(NearCache cache, ClusterView view, IReadOnlyList<MatchedBlock> blocks, int count)
    {
        NearBlock?[]? found = null;
        for (var i = 0; i < count && !cache.IsEmpty; i++)
        {
            if (cache.Find(view, blocks[i].Key, blocks[i].Version) is { } block)
                (found ??= new NearBlock?[count])[i] = block;
        }

        return found is null ? null : new(cache, view, found);
    }

    /// <summary>Whether a block is near.</summary>
    public bool Has(int index) => _blocks[index] is not null;

    /// <summary>Copies the blocks to where they go. One that is not what it was is read from a silo.</summary>
    public void CopyTo(MatchRead read)
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i] is not { } block)
                continue;
            var destination = read.DestinationOf(i).Span;
            block.Bytes.CopyTo(destination);
            if (BlockChecksum.Of(destination) != block.Checksum)
            {
                _cache.Remove(block);
                read.Unread.Add(i);
                continue;
            }

            Bytes += block.Length;
            _cache.Read(_view, block, block.Length);
            read.Progress?.Read(i);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
            block?.Unpin();
    }
}
