using KvOrleans.Client.Heat;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Near;

/// <summary>What this node has read of hot blocks, kept to be read again without a silo. Thread-safe.</summary>
/// <remarks>
/// <para>
/// A block is served only while the hot list of its key's owner in the current map, asked for less than <see cref="Freshness"/> ago, names the version. What is deleted leaves that list before the delete is acknowledged,
/// so nothing is served for longer than that after it.
/// </para>
/// <para>
/// Memory that is pinned counts until it is freed: there is never more than was allowed. When there is no room the least used block that nobody has pinned goes first. Counts of uses are halved when as many bytes
/// have come in as there is room for.
/// </para>
/// </remarks>
/// <param name="most">The bytes that may be held; 0: there is no near cache.</param>
/// <param name="clock">What is fresh and what is not, over suspensions too.</param>
/// <param name="metrics">What is counted.</param>
internal sealed class NearCache(long most, TimeProvider clock, PrefixCacheClientMetrics metrics) : IDisposable
{
    /// <summary>A list says for so long after it was asked for that a block is still there.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<BlockKey, NearBlock> _blocks = [];
    private readonly long _freshness = (long)(Freshness.TotalSeconds * clock.TimestampFrequency);
    private long _held;
    private long _came;
    private long _uses;
    private int _count;
    private bool _isClosed;

    /// <summary>Whether there is one.</summary>
    public bool IsEnabled => most > 0;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>The bytes of native memory that are held.</summary>
    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>A block that may be served now, pinned for the caller; null when there is none.</summary>
    /// <param name="view">The current map.</param>
    /// <param name="key">The block.</param>
    /// <param name="version">The content that is wanted; <c>default</c> for any.</param>
    public NearBlock? Find(ClusterView? view, BlockKey key, BlockVersion version = default)
    {
        if (IsEmpty || view is not { Links.Length: > 0 })
            return null;
        NearBlock? block;
        lock (_gate)
        {
            if (!_blocks.TryGetValue(key, out block) || (!version.IsNone && block.Version != version) || !block.TryPin())
                return null;
        }

        if (IsNamed(block.OwnerIn(view).Heat.Current, key, block.Version))
            return block;
        block.Unpin();
        return null;
    }

    /// <summary>Reads what is asked for, when it is here and may be served now; null when it is to be read from a silo.</summary>
    public BlockRead? TryRead(ClusterView? view, BlockQuestion question, Memory<byte> destination)
    {
        if (Find(view, question.Key, question.Version) is not { } block)
            return null;
        try
        {
            if (question.Offset is { } offset)
            {
                if (offset > block.Length - destination.Length)
                    return null;
                block.Bytes.Slice(offset, destination.Length).CopyTo(destination.Span);
                Read(view!, block, destination.Length);
                return new(BlockReadOutcome.Hit, block.Version, destination.Length);
            }

            if (block.Length > destination.Length)
                return new(BlockReadOutcome.DestinationTooSmall, block.Version, block.Length);
            var bytes = destination.Span[..block.Length];
            block.Bytes.CopyTo(bytes);
            if (BlockChecksum.Of(bytes) != block.Checksum)
            {
                Remove(block);
                return null;
            }

            Read(view!, block, block.Length);
            return new(BlockReadOutcome.Hit, block.Version, block.Length);
        }
        finally
        {
            block.Unpin();
        }
    }

    /// <summary>So many bytes of a block were read: it is used, and its owner will hear of it.</summary>
    public void Read(ClusterView view, NearBlock block, int bytes)
    {
        lock (_gate)
        {
            block.Uses++;
            block.UsedAt = ++_uses;
        }

        block.OwnerIn(view).Heat.ReadNear(block.Key, bytes);
        metrics.ReadNear();
    }

    /// <summary>Keeps a block that has just been read whole, when it is hot and there is room.</summary>
    public void Keep(ClusterView? view, BlockKey key, BlockVersion version, BlockChecksum checksum, ReadOnlySpan<byte> bytes)
    {
        if (!IsEnabled || bytes.IsEmpty || bytes.Length > most || view is null || !Array.Exists(view.Links, static link => link.Heat.Current is not null))
            return;
        if (!IsNamed(view.OwnerOf(key)!.Heat.Current, key, version) || !TryReserve(key, version, bytes.Length))
            return;
        var block = new NearBlock(this, key, version, checksum, bytes);
        // The caller's memory is the caller's: what is kept must be what came.
        var isKept = block.IsWhole;
        if (isKept)
        {
            lock (_gate)
            {
                isKept = !_isClosed && _blocks.TryAdd(key, block);
                block.UsedAt = ++_uses;
                Volatile.Write(ref _count, _blocks.Count);
            }
        }

        if (!isKept)
            block.Unpin();
    }

    /// <summary>A block's bytes are not what they were.</summary>
    public void Remove(NearBlock block)
    {
        lock (_gate)
        {
            if (_blocks.TryGetValue(block.Key, out var there) && there == block)
                RemoveNow(block);
        }
    }

    /// <summary>Lets go of the blocks that the owner of their keys does not name any more. One that nobody says anything of is kept for the moment, and not served.</summary>
    public void Sweep(ClusterView? view)
    {
        if (IsEmpty)
            return;
        lock (_gate)
        {
            foreach (var block in _blocks.Values.ToArray())
            {
                if (view is not { Links.Length: > 0 } || block.OwnerIn(view).Heat.Current?.Find(block.Key)?.Version != block.Version)
                    RemoveNow(block);
            }
        }
    }

    /// <summary>A block's memory is free again.</summary>
    public void Freed(int bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        metrics.NearHeld(-bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var block in _blocks.Values.ToArray())
                RemoveNow(block);
        }
    }

    private bool IsNamed(HotState? list, BlockKey key, BlockVersion version) =>
        list is not null && clock.GetTimestamp() - list.AskedAt < _freshness && list.Find(key)?.Version == version;

    private bool TryReserve(BlockKey key, BlockVersion version, int bytes)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            if (_blocks.TryGetValue(key, out var there))
            {
                if (there.Version == version)
                    return false;
                RemoveNow(there);
            }

            while (HeldBytes + bytes > most)
            {
                if (!TryEvict())
                    return false;
            }

            _came += bytes;
            if (_came >= most)
                Fade();
            Interlocked.Add(ref _held, bytes);
        }

        metrics.NearHeld(bytes);
        return true;
    }

    /// <summary>Under the gate: ends the least used block that nobody has pinned. False when there is none.</summary>
    private bool TryEvict()
    {
        foreach (var block in _blocks.Values.OrderBy(static block => block.Uses).ThenBy(static block => block.UsedAt))
        {
            if (!block.TryEnd())
                continue;
            _blocks.Remove(block.Key);
            Volatile.Write(ref _count, _blocks.Count);
            return true;
        }

        return false;
    }

    private void Fade()
    {
        _came = 0;
        foreach (var block in _blocks.Values)
            block.Uses /= 2;
    }

    private void RemoveNow(NearBlock block)
    {
        _blocks.Remove(block.Key);
        Volatile.Write(ref _count, _blocks.Count);
        block.Unpin();
    }
}
