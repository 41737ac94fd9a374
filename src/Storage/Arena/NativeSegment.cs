using System.Buffers;
using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Arena;

/// <summary>One native allocation of the arena. The kernel commits its memory when it is first written.</summary>
internal sealed unsafe class NativeSegment : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _memory;

    public NativeSegment(int length)
    {
        _length = length;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, PageArena.RegionBytes);
        HugePages.Advise(_memory, (nuint)length);
    }

    public bool IsFreed => _memory is null;

    /// <summary>Allocates nothing.</summary>
    public Memory<byte> Slice(int offset, int length) => CreateMemory(offset, length);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return new(_memory, _length);
    }

    /// <summary>Native memory does not move; a pin by the runtime is only an address.</summary>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return new(_memory + elementIndex);
    }

    public override void Unpin()
    {
    }

    public void Free() => ((IDisposable)this).Dispose();

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
