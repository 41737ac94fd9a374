using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Writing;

/// <summary>The blocks of a batch that one silo owns, handed out in order to the connections that write them. Thread-safe.</summary>
/// <param name="owner">The silo.</param>
internal sealed class OwnedBlocks(SiloLink owner)
{
    private readonly Lock _gate = new();
    private readonly List<(int Index, int Length)> _blocks = [];
    private int _next;

    /// <summary>The silo.</summary>
    public SiloLink Owner => owner;

    /// <summary>How many there are.</summary>
    public int Count => _blocks.Count;

    /// <summary>Their bytes together.</summary>
    public long Bytes { get; private set; }

    /// <summary>Which blocks of the batch they are.</summary>
    public IEnumerable<int> Indices => _blocks.Select(static block => block.Index);

    /// <summary>Whether all are handed out.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
                return _next == _blocks.Count;
        }
    }

    /// <summary>Adds a block. Not to be called once blocks are handed out.</summary>
    public void Add(int index, int length)
    {
        _blocks.Add((index, length));
        Bytes += length;
    }

    /// <summary>Hands out the next block, if it has at most <paramref name="mostBytes"/>.</summary>
    public bool TryTake(long mostBytes, out int index)
    {
        lock (_gate)
        {
            index = -1;
            if (_next == _blocks.Count || _blocks[_next].Length > mostBytes)
                return false;
            index = _blocks[_next++].Index;
            return true;
        }
    }
}
