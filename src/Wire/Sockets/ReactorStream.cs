using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Wire.Sockets;

/// <summary>A connection whose waits end on a thread of a <see cref="SocketReactor"/>, where the reader or the writer goes on.</summary>
/// <remarks>
/// <para>
/// One reads and one writes at a time; disposal and cancellation may come from any thread. A read or a write that they end, or that fails, goes on on
/// the thread pool. A call that need not wait returns on its caller's thread.
/// </para>
/// <para>
/// The caller's memory is touched under the gate alone, and whoever ends a wait early takes the gate to do so: by then a part that was
/// being received is over, and none begins any more.
/// </para>
/// <para>.NET's own asynchronous calls are not used on the socket: after the first of them the runtime would be woken by every packet too.</para>
/// </remarks>
internal sealed class ReactorStream : Stream
{
    private readonly Lock _gate = new();
    private readonly ReactorOperation _read;
    private readonly ReactorOperation _write;
    private readonly SocketReactor _reactor;
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private long _id;
    private bool _isClosed;

    private ReactorStream(SocketReactor reactor, Socket socket)
    {
        _reactor = reactor;
        _socket = socket;
        _read = new(this);
        _write = new(this);
        socket.Blocking = false;
        _handle = socket.SafeHandle;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects <paramref name="socket"/>, which is the stream's from now on, whatever comes of it.</summary>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async ValueTask<ReactorStream> ConnectAsync(
        SocketReactor reactor, Socket socket, EndPoint endpoint, CancellationToken cancellationToken)
    {
        var stream = new ReactorStream(reactor, socket);
        try
        {
            try
            {
                socket.Connect(endpoint);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                await stream.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
                if ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is var failure and not 0)
                    throw new SocketException(failure);
            }

            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads what there is, waiting until there is something; an empty <paramref name="buffer"/> only waits, and may wait in vain.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!buffer.IsEmpty && SocketReactor.MayGoOn && TryReceive(buffer, out var count))
                return new(count);
            _read.Begin(buffer, default, cancellationToken);
            Arm();
            return new(_read, _read.Version);
        }
    }

    /// <summary>Writes all of <paramref name="buffer"/>.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (SocketReactor.MayGoOn)
                buffer = buffer[Send(buffer)..];
            if (buffer.IsEmpty)
                return ValueTask.CompletedTask;
            _write.Begin(default, buffer, cancellationToken);
            Arm();
            return new(_write, _write.Version);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The socket has something to tell. Runs on the reactor's thread, and so does what goes on then.</summary>
    internal void Ready(uint events)
    {
        int? received = null;
        var isSent = false;
        lock (_gate)
        {
            if (_isClosed)
                return;
            if (_write.IsPending && (events & (Epoll.Writable | Epoll.Broken)) != 0)
                isSent = GoOnWriting();
            if (_read.IsPending && (events & (Epoll.Readable | Epoll.Broken)) != 0)
                received = GoOnReading();
            Arm();
        }

        if (isSent)
            _write.Succeed(0);
        if (received is { } count)
            _read.Succeed(count);
    }

    /// <summary>Ends <paramref name="operation"/> because its caller does not want it any more.</summary>
    internal void Cancel(ReactorOperation operation, CancellationToken cancellationToken)
    {
        lock (_gate)
            Fail(operation, new OperationCanceledException(cancellationToken));
    }

    /// <summary>Closes the connection; a read and a write under way fail.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            // Before the descriptor's number can be another's.
            if (_id != 0)
            {
                Epoll.Remove(_reactor.Instance, _handle);
                _reactor.Forget(_id);
            }

            _socket.Dispose();
            var closed = new IOException("The connection was closed at this end.");
            Fail(_read, closed);
            Fail(_write, closed);
        }

        base.Dispose(disposing);
    }

    private ValueTask WaitForConnectionAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _write.Begin(default, default, cancellationToken);
            Arm();
            return new(_write, _write.Version);
        }
    }

    private bool TryReceive(Memory<byte> buffer, out int count)
    {
        if (!SocketCalls.TryReceive(_handle, buffer.Span, out count))
            return false;
        SocketReactor.Moved(count);
        return true;
    }

    private int Send(ReadOnlyMemory<byte> source)
    {
        var count = SocketCalls.Send(_handle, source.Span[..Math.Min(source.Length, SocketReactor.BytesPerTurn)]);
        SocketReactor.Moved(count);
        return count;
    }

    /// <summary>How many bytes were read; null when the wait goes on or has failed.</summary>
    private int? GoOnReading()
    {
        try
        {
            var count = 0;
            if (!_read.Destination.IsEmpty && !TryReceive(_read.Destination, out count))
                return null;
            _read.End();
            return count;
        }
        catch (Exception error)
        {
            // The memory may be a caller's who has taken it away: that ends the read, not the thread.
            Fail(_read, error);
            return null;
        }
    }

    /// <summary>Whether all has been written.</summary>
    private bool GoOnWriting()
    {
        try
        {
            _write.Source = _write.Source[Send(_write.Source)..];
            if (!_write.Source.IsEmpty)
                return false;
            _write.End();
            return true;
        }
        catch (Exception error)
        {
            Fail(_write, error);
            return false;
        }
    }

    /// <summary>Under the gate: has what waits be told of.</summary>
    private void Arm()
    {
        var events = (_read.IsPending ? Epoll.Readable : 0) | (_write.IsPending ? Epoll.Writable : 0);
        if (events == 0)
            return;
        var isFirst = _id == 0;
        if (isFirst)
            _id = _reactor.Register(this);
        if (Epoll.TryArm(_reactor.Instance, _handle, _id, events, isFirst))
            return;
        var refused = new IOException("The system does not let the connection be waited for.");
        Fail(_read, refused);
        Fail(_write, refused);
    }

    /// <summary>Under the gate: ends a wait early.</summary>
    private static void Fail(ReactorOperation operation, Exception failure)
    {
        if (!operation.IsPending)
            return;
        operation.End();
        operation.Fail(failure);
    }
}
