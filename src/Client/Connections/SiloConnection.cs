using System.IO.Hashing;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Connections;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Connections;

/// <summary>One connection to a silo's data plane, used by one call at a time.</summary>
internal sealed class SiloConnection(Socket socket, Stream stream, int readAhead) : RespConnection(socket, stream, readAhead)
{
    private readonly byte[] _text = new byte[256];
    private int _textLength;
    private long _progressAt = Environment.TickCount64;
    private IConnectionWatch? _watch;

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

    /// <summary>Notes that a request begins or that something has arrived.</summary>
    public void Progressed() => Volatile.Write(ref _progressAt, Environment.TickCount64);

    /// <summary>A second writer to the same stream, for one who fills one while the other is being sent.</summary>
    public RespOutput NewOutput() => new(Stream) { TakesTraces = Output.TakesTraces };

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

    /// <summary>The name of the silo's end, for logs.</summary>
    public override string ToString() => new StringBuilder("connection to ").Append(SafeRemote()).ToString();

    private string SafeRemote()
    {
        try
        {
            return Socket.RemoteEndPoint?.ToString() ?? "nobody";
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return "nobody";
        }
    }
}
