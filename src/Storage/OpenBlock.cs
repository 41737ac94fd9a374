using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage;

/// <summary>A block being read. Its bytes stay as they are until <see cref="Dispose"/>, whatever happens to the block meanwhile.</summary>
/// <remarks>
/// Segments must not be used after Dispose: their memory then belongs to other blocks. Disposing it again, or a copy of it, does nothing.
/// </remarks>
public readonly struct OpenBlock : IDisposable
{
    private readonly BlockStore? _store;
    private readonly Slot _slot;
    private readonly int _pin;
    private readonly long _generation;
    private readonly int _record;
    private readonly uint _content;

    internal OpenBlock(BlockStore store, int pin, long generation, int record, uint content, in Slot slot, in BlockInfo info)
    {
        _store = store;
        _pin = pin;
        _generation = generation;
        _record = record;
        _content = content;
        _slot = slot;
        Version = info.Version;
        Length = info.Length;
        Checksum = info.Checksum;
        TimeToLive = info.TimeToLive;
    }

    /// <summary>Which content this is.</summary>
    public BlockVersion Version { get; }

    /// <summary>The payload's bytes.</summary>
    public int Length { get; }

    /// <summary>The checksum taken when the bytes came in. Reading does not verify it.</summary>
    public BlockChecksum Checksum { get; }

    /// <summary>How long until it expires, as of opening; null when it does not.</summary>
    public TimeSpan? TimeToLive { get; }

    /// <summary>In how many pieces the payload lies; 0 when it is empty.</summary>
    public int SegmentCount => Length == 0 ? 0 : _slot.ExtentCount;

    /// <summary>A piece of the payload, in order. Allocates nothing.</summary>
    /// <exception cref="ObjectDisposedException">The block was disposed.</exception>
    public ReadOnlyMemory<byte> GetSegment(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SegmentCount, nameof(index));
        ObjectDisposedException.ThrowIf(!_store!.IsPinned(_pin, _generation), typeof(OpenBlock));
        var extent = _slot[index];
        var bytes = extent.Count * PageArena.PageBytes;
        if (index == _slot.ExtentCount - 1)
            bytes -= (int)(((long)_slot.Pages * PageArena.PageBytes) - Length);
        return _store.Arena.Slice(extent, 0, bytes);
    }

    /// <summary>Notes that so many of its bytes are sent to a reader: what <see cref="BlockStore.Heat"/> is made of. Takes no lock.</summary>
    public void CountRead(long bytes)
    {
        if (_store?.IsPinned(_pin, _generation) == true)
            _store.NoteRead(_record, _content, bytes);
    }

    /// <summary>Lets the bytes go.</summary>
    public void Dispose() => _store?.Unpin(_pin, _generation);
}
