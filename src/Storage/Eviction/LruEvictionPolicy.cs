using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Eviction;

/// <summary>The least recently used block goes first. A change of role counts as a use. Every call takes constant time; 12 bytes a record.</summary>
public sealed class LruEvictionPolicy : IEvictionPolicy
{
    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;

    /// <summary>
    /// Each role has a ring with a fixed node, which is the role's number: its newer neighbour is the oldest record, its older neighbour the newest.
    /// </summary>
    private const int Rings = 3;

    private const int Unlinked = -1;

    private readonly List<Link[]> _chunks = [new Link[ChunkLength]];

    /// <summary>An empty policy, for one store.</summary>
    public LruEvictionPolicy()
    {
        for (var ends = 0; ends < Rings; ends++)
            At(ends) = new() { Newer = ends, Older = ends };
    }

    /// <inheritdoc/>
    public void Added(int record, ulong keyHash, int pages, BlockRole role)
    {
        var node = NodeOf(record);
        while (node >> ChunkBits >= _chunks.Count)
            _chunks.Add(new Link[ChunkLength]);
        At(node).Role = role;
        LinkAsNewest(node);
    }

    /// <inheritdoc/>
    public void Touched(int record)
    {
        if (TryUnlink(NodeOf(record)))
            LinkAsNewest(NodeOf(record));
    }

    /// <inheritdoc/>
    public void RoleChanged(int record, BlockRole role)
    {
        var isCandidate = TryUnlink(NodeOf(record));
        At(NodeOf(record)).Role = role;
        if (isCandidate)
            LinkAsNewest(NodeOf(record));
    }

    /// <inheritdoc/>
    public void Demoted(int record)
    {
        if (TryUnlink(NodeOf(record)))
            LinkAsOldest(NodeOf(record));
    }

    /// <inheritdoc/>
    public void Withdrawn(int record) => TryUnlink(NodeOf(record));

    /// <inheritdoc/>
    public void Returned(int record) => LinkAsNewest(NodeOf(record));

    /// <inheritdoc/>
    public void Removed(int record) => TryUnlink(NodeOf(record));

    /// <inheritdoc/>
    public void Expected(int record) => ProcessorCache.Fetch(ref At(NodeOf(record)));

    /// <inheritdoc/>
    public bool TryPickVictim(BlockRole role, out int record)
    {
        record = At((int)role).Newer - Rings;
        return record >= 0;
    }

    private static int NodeOf(int record) => record + Rings;

    private ref Link At(int node) => ref _chunks[node >> ChunkBits][node & (ChunkLength - 1)];

    private void LinkAsNewest(int node)
    {
        ref var link = ref At(node);
        ref var ends = ref At((int)link.Role);
        link.Newer = (int)link.Role;
        link.Older = ends.Older;
        At(ends.Older).Newer = node;
        ends.Older = node;
    }

    private void LinkAsOldest(int node)
    {
        ref var link = ref At(node);
        ref var ends = ref At((int)link.Role);
        link.Older = (int)link.Role;
        link.Newer = ends.Newer;
        At(ends.Newer).Older = node;
        ends.Newer = node;
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
        public BlockRole Role;
    }
}
