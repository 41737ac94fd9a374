using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Staging;

/// <summary>Bytes on their way in: invisible, and counted against the arena until published or disposed.</summary>
/// <remarks>
/// Write into <see cref="Remaining"/>, say with <see cref="Advance"/> how much that was, and go on until <see cref="IsComplete"/>. The checksum is taken
/// as the bytes come. Used by one thread at a time, but for <see cref="GetWritten"/>, which another may call meanwhile. Dispose only when nothing writes into its memory any more: the pages go to other blocks at once.
/// </remarks>
public sealed class StagedBlock : IDisposable
{
    private readonly BlockStore _store;
    private readonly ChecksumPool _checksums;
    private readonly Slot _slot;
    private XxHash3? _hash;
    private BlockChecksum _checksum;
    private int _written;
    private int _extent;
    private int _extentStart;

    internal StagedBlock(BlockStore store, ChecksumPool checksums, in Slot slot, int length, BlockRole role)
    {
        _store = store;
        _checksums = checksums;
        _slot = slot;
        Length = length;
        Role = role;
        if (length == 0)
            _checksum = BlockChecksum.Of([]);
    }

    /// <summary>The bytes that the block will have.</summary>
    public int Length { get; }

    /// <summary>Which block comes before it in its chain: <see cref="KeyDigest.Hash(BlockKey)"/> of that one's key; 0, at first, for none. Set before it is published.</summary>
    public UInt128 Parent { get; set; }

    /// <summary>Whether all bytes are here.</summary>
    public bool IsComplete => _written == Length;

    /// <summary>The next contiguous room to write into; empty when complete.</summary>
    /// <exception cref="ObjectDisposedException">It was published or disposed.</exception>
    public Memory<byte> Remaining
    {
        get
        {
            ThrowIfSpent();
            if (IsComplete)
                return default;
            var extent = _slot[_extent];
            var offset = _written - _extentStart;
            return _store.Arena.Slice(extent, offset, Math.Min((extent.Count * PageArena.PageBytes) - offset, Length - _written));
        }
    }

    /// <summary>The checksum of all bytes.</summary>
    /// <exception cref="InvalidOperationException">It is not complete.</exception>
    public BlockChecksum Checksum => IsComplete
        ? _checksum
        : throw new InvalidOperationException($"Only {_written} of {Length} bytes have been staged; there is no checksum yet.");

    internal BlockStore Store => _store;

    /// <summary>What the room was taken for.</summary>
    internal BlockRole Role { get; }

    internal ref readonly Slot Slot => ref _slot;

    /// <summary>Changes under the store's lock.</summary>
    internal StagedState State { get; set; }

    /// <summary>The next contiguous piece of what has been written, from byte <paramref name="offset"/> on; empty when nothing is behind it yet.</summary>
    /// <exception cref="ObjectDisposedException">It was published or disposed.</exception>
    public ReadOnlyMemory<byte> GetWritten(int offset)
    {
        var written = Volatile.Read(ref _written);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)written, nameof(offset));
        ThrowIfSpent();
        for (int i = 0, start = 0; offset < written; i++)
        {
            var bytes = _slot[i].Count * PageArena.PageBytes;
            if (offset < start + bytes)
                return _store.Arena.Slice(_slot[i], offset - start, Math.Min(start + bytes, written) - offset);
            start += bytes;
        }

        return default;
    }

    /// <summary>Takes the first <paramref name="count"/> bytes of <see cref="Remaining"/> as written, and hashes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Remaining"/> is shorter, or the count is negative.</exception>
    /// <exception cref="ObjectDisposedException">It was published or disposed.</exception>
    public void Advance(int count)
    {
        var remaining = Remaining;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)remaining.Length, nameof(count));
        if (count == 0)
            return;

        var bytes = remaining.Span[..count];
        if (count == Length)
            _checksum = BlockChecksum.Of(bytes);
        else
            (_hash ??= _checksums.Rent()).Append(bytes);

        // Not before the bytes: whoever reads it may send them.
        Volatile.Write(ref _written, _written + count);
        if (count == remaining.Length && !IsComplete)
        {
            _extentStart = _written;
            _extent++;
        }

        if (IsComplete && _hash is not null)
        {
            _checksum = BlockChecksum.Of(_hash);
            ReturnHash();
        }
    }

    /// <summary>Gives the pages back unless the block was published. Harmless when repeated.</summary>
    public void Dispose()
    {
        if (_store.Abandon(this))
            ReturnHash();
    }

    private void ReturnHash()
    {
        if (_hash is null)
            return;
        _checksums.Return(_hash);
        _hash = null;
    }

    private void ThrowIfSpent() => ObjectDisposedException.ThrowIf(State != StagedState.Owned, this);
}
