using System.IO.Hashing;

namespace KvOrleans.Storage.Staging;

/// <summary>Hash states to use again: each is over half a KiB of managed memory. Thread-safe; keeps at most <see cref="Kept"/>.</summary>
internal sealed class ChecksumPool
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Stack<XxHash3> _spare = new();

    public XxHash3 Rent()
    {
        lock (_lock)
            return _spare.TryPop(out var hash) ? hash : new();
    }

    public void Return(XxHash3 hash)
    {
        hash.Reset();
        lock (_lock)
        {
            if (_spare.Count < Kept)
                _spare.Push(hash);
        }
    }
}
