using System.IO.Hashing;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Connections;

/// <summary>One connection to a silo's data plane, used by one call at a time.</summary>
internal sealed class SiloConnection : IDisposable
{
    /// <summary>What is read ahead where payloads come. Replies' heads are short: reading little ahead leaves the payload to be received straight into the caller's memory.</summary>
    public const int ReadAhead = 16 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _text = new byte[256];
    private int _textLength;
    private long _progressAt = Environment.TickCount64;
    private IConnectionWatch? _watch;

    public SiloConnection(Socket socket, int readAhead = ReadAhead)
    {
        _socket = socket;
        _stream = new(socket, ownsSocket: true);
        LowWater = new(socket);
        Input = new(_stream, readAhead);
        Output = new(_stream, socket);
        Replies = new(Input);
    }

    /// <summary>What the silo sends.</summary>
    public RespInput Input { get; }

    /// <summary>Told what is still to come of a payload.</summary>
    public ReceiveLowWater LowWater { get; }

    /// <summary>What the silo receives.</summary>
    public RespOutput Output { get; }

    /// <summary>The silo's replies, read from <see cref="Input"/>.</summary>
    public RespReplyReader Replies { get; }

    /// <summary>For the checksum of the payload that is being received.</summary>
    public XxHash3 Hash { get; } = new();

    /// <summary>Who is told of the connection's silence; null when its call can go nowhere else.</summary>
    public IConnectionWatch? Watch
    {
        get => Volatile.Read(ref _watch);
        set => Volatile.Write(ref _watch, value);
    }

    /// <summary>For how long nothing has arrived, since the last request was made.</summary>
    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _progressAt));

    /// <summary>The text that <see cref="ReadTextAsync"/> read last.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

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

    /// <summary>Notes that a request begins or that something has arrived.</summary>
    public void Progressed() => Volatile.Write(ref _progressAt, Environment.TickCount64);

    /// <summary>A second writer to the same stream, for one who fills one while the other is being sent.</summary>
    public RespOutput NewOutput() => new(_stream);

    /// <summary>Reads a short text, simple or bulk, into <see cref="Text"/>.</summary>
    /// <exception cref="RespProtocolException">Something else is there.</exception>
    public async ValueTask ReadTextAsync(CancellationToken cancellationToken)
    {
        var line = await Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.SimpleString && line.TextLength <= _text.Length)
        {
            Replies.Text.CopyTo(_text);
            _textLength = line.TextLength;
            return;
        }

        if (line.Type != RespReplyType.BulkString || line.Number > _text.Length)
            throw new RespProtocolException($"a short text was expected, a {line.Type} came");
        _textLength = (int)line.Number;
        for (var got = 0; got < _textLength;)
            got += await Replies.ReadPayloadAsync(_text.AsMemory(got, _textLength - got), cancellationToken).ConfigureAwait(false);
        await Replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a version, or <c>-</c> for none.</summary>
    /// <exception cref="RespProtocolException">Something else is there.</exception>
    public async ValueTask<BlockVersion> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await ReadTextAsync(cancellationToken).ConfigureAwait(false);
        if (Text.SequenceEqual("-"u8))
            return default;
        return BlockVersion.TryParse(Text, out var version) ? version : throw new RespProtocolException("a version was expected");
    }

    /// <summary>Ends the connection from any thread; what is under way on it fails. The user still disposes of it.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>Ends the connection. Only its user may, for buffers are given back.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        Input.Dispose();
        Output.Dispose();
    }

    /// <summary>The name of the silo's end, for logs.</summary>
    public override string ToString() => new StringBuilder("connection to ").Append(SafeRemote()).ToString();

    private string SafeRemote()
    {
        try
        {
            return _socket.RemoteEndPoint?.ToString() ?? "nobody";
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return "nobody";
        }
    }
}
