using System.Buffers;

namespace KvOrleans.Wire.Tests.Sockets;

/// <summary>Memory that its owner can take away while somebody still uses it.</summary>
internal sealed class RevocableMemory(int length) : MemoryManager<byte>
{
    private readonly byte[] _bytes = new byte[length];
    private volatile bool _isRevoked;

    public void Revoke() => _isRevoked = true;

    public override Memory<byte> Memory => CreateMemory(length);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_isRevoked, this);
        return _bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
