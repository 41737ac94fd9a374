using System.Net.Sockets;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Grains.Peers;

/// <summary>One connection to another silo's data plane, used by one request at a time.</summary>
internal sealed class PeerConnection : IDisposable
{
    // Replies' heads are short: reading little ahead leaves the payload to be received straight into the arena.
    private const int ReadAhead = 16 * 1024;

    private const int LongestText = 512;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly TimeProvider _time;
    private long _progressAt;
    private long _patience;
    private int _arrived;
    private bool _wasSilent;

    public PeerConnection(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _stream = new(socket, ownsSocket: true);
        LowWater = new(socket);
        Input = new(_stream, ReadAhead);
        Output = new(_stream, socket);
        Replies = new(Input);
    }

    public RespInput Input { get; }

    /// <summary>Told what is still to come of a payload.</summary>
    public ReceiveLowWater LowWater { get; }

    public RespOutput Output { get; }

    public RespReplyReader Replies { get; }

    /// <summary>Whether a change is under way on it.</summary>
    public bool IsForChange { get; set; }

    /// <summary>Whether it was given up because the silo was silent for too long.</summary>
    public bool WasSilent => Volatile.Read(ref _wasSilent);

    /// <summary>Whether an idle connection can be used: the silo has neither ended it nor sent what nobody asked for.</summary>
    public bool IsUsable()
    {
        try
        {
            return !Replies.HasUnread && !_socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>From now on the silo owes something, and may be silent for <paramref name="patience"/>.</summary>
    public void Expect(TimeSpan patience)
    {
        Volatile.Write(ref _progressAt, _time.GetTimestamp());
        Volatile.Write(ref _patience, patience.Ticks);
    }

    /// <summary>Something has arrived or was taken.</summary>
    public void Progressed() => Volatile.Write(ref _progressAt, _time.GetTimestamp());

    /// <summary>The silo owes nothing.</summary>
    public void Rest() => Volatile.Write(ref _patience, 0);

    /// <summary>Ends the connection when the silo owes something and was silent for too long. For one thread.</summary>
    public void AbortWhenSilent()
    {
        var patience = Volatile.Read(ref _patience);
        if (patience == 0 || _time.GetElapsedTime(Volatile.Read(ref _progressAt)).Ticks < patience || HasMoreArrived())
            return;
        Volatile.Write(ref _wasSilent, true);
        Abort();
    }

    /// <summary>Reads a short text, simple or an error's.</summary>
    /// <exception cref="RespProtocolException">Something else is there.</exception>
    public async ValueTask<T> ReadTextAsync<T>(Func<ReadOnlySpan<byte>, T?> parse, CancellationToken cancellationToken)
        where T : struct
    {
        var line = await Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Progressed();
        if (line.Type != RespReplyType.SimpleString || line.TextLength > LongestText || parse(Replies.Text) is not { } value)
            throw new RespProtocolException($"a {typeof(T).Name} was expected, a {line.Type} came");
        return value;
    }

    /// <summary>Ends the connection from any thread; what is under way on it fails. The user still disposes of it.</summary>
    public void Abort() => _socket.Close(0);

    /// <summary>Ends the connection. Only its user may, for buffers are given back.</summary>
    public void Dispose()
    {
        Rest();
        _stream.Dispose();
        Input.Dispose();
        Output.Dispose();
    }

    /// <summary>A receiver is woken for a large part of a payload: until then the kernel alone knows that the silo goes on.</summary>
    private bool HasMoreArrived()
    {
        try
        {
            var arrived = _socket.Available;
            if (arrived == _arrived)
                return false;
            _arrived = arrived;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }

        Progressed();
        return true;
    }
}
