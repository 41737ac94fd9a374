namespace KvOrleans.Storage.Eviction;

/// <summary>The least recently used block goes first. Every call takes constant time; 8 bytes a record.</summary>
public sealed class LruEvictionPolicy : IEvictionPolicy
{
    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;

    /// <summary>The ring's fixed node: its newer neighbour is the oldest record, its older neighbour the newest. Record r is node r + 1.</summary>
    private const int Ends = 0;

    private const int Unlinked = -1;

    private readonly List<Link[]> _chunks = [new Link[ChunkLength]];

    /// <inheritdoc/>
    public void Added(int record, ulong keyHash, int pages)
    {
        var node = record + 1;
        while (node >> ChunkBits >= _chunks.Count)
            _chunks.Add(new Link[ChunkLength]);
        LinkAsNewest(node);
    }

    /// <inheritdoc/>
    public void Touched(int record)
    {
        if (TryUnlink(record + 1))
            LinkAsNewest(record + 1);
    }

    /// <inheritdoc/>
    public void Withdrawn(int record) => TryUnlink(record + 1);

    /// <inheritdoc/>
    public void Returned(int record) => LinkAsNewest(record + 1);

    /// <inheritdoc/>
    public void Removed(int record) => TryUnlink(record + 1);

    /// <inheritdoc/>
    public bool TryPickVictim(out int record)
    {
        record = At(Ends).Newer - 1;
        return record >= 0;
    }

    private ref Link At(int node) => ref _chunks[node >> ChunkBits][node & (ChunkLength - 1)];

    private void LinkAsNewest(int node)
    {
        ref var ends = ref At(Ends);
        At(node) = new() { Newer = Ends, Older = ends.Older };
        At(ends.Older).Newer = node;
        ends.Older = node;
    }

    private bool TryUnlink(int node)
    {
        ref var link = ref At(node);
        if (link.Older == Unlinked)
            return false;
        At(link.Older).Newer = link.Newer;
        At(link.Newer).Older = link.Older;
        link.Older = Unlinked;
        return true;
    }

    private struct Link
    {
        public int Newer;
        public int Older;
    }
}
