using System.Threading.Tasks.Sources;

namespace KvOrleans.Wire.Tests.Streams;

/// <summary>Every read and write waits until <see cref="Pump"/>, which goes on with it on the caller's thread. Allocates nothing.</summary>
internal sealed class PumpedStream : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<int> _core;
    private Memory<byte> _destination;
    private bool _reads;

    public int Operations { get; private set; }

    public bool IsWaiting { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Completes what waits; a read gets some of <paramref name="bytes"/>.</summary>
    public int Pump(ReadOnlySpan<byte> bytes)
    {
        Assert.True(IsWaiting);
        var count = _reads ? Math.Min(bytes.Length, _destination.Length) : 0;
        bytes[..count].CopyTo(_destination.Span);
        _destination = default;
        IsWaiting = false;
        _core.SetResult(count);
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin(buffer, reads: true);
        return new(this, _core.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin(default, reads: false);
        return new(this, _core.Version);
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private void Begin(Memory<byte> destination, bool reads)
    {
        Assert.False(IsWaiting);
        _core.Reset();
        _destination = destination;
        _reads = reads;
        IsWaiting = true;
        Operations++;
    }
}
