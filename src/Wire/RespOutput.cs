using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace KvOrleans.Wire;

/// <summary>Buffered writing of RESP to a stream. Small things collect in a buffer, payloads are written from where they lie. Not thread-safe.</summary>
/// <remarks>
/// Nothing reaches the stream before <see cref="FlushAsync"/> or a large payload. The writer is responsible for flushing when
/// <see cref="WantsFlush"/>; the buffer grows as far as one reply needs and is given back by every flush.
/// </remarks>
public sealed class RespOutput : IDisposable
{
    /// <summary>A payload of at most this many bytes is copied into the buffer: cheaper than a system call of its own.</summary>
    public const int CopyLimit = 16 * 1024;

    private const int InitialCapacity = 64 * 1024;
    private const int LongestNumber = 20;

    private readonly Stream _stream;
    private readonly GatheredSend? _gather;
    private byte[] _buffer = [];
    private int _count;

    /// <summary>Writes to <paramref name="stream"/>, which stays the caller's.</summary>
    /// <param name="stream">Where the bytes go.</param>
    /// <param name="socket">The socket that the stream writes to as it is, if it is so: large payloads then leave in one system call with what is around them.</param>
    public RespOutput(Stream stream, Socket? socket = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _gather = GatheredSend.For(socket);
    }

    /// <summary>How nulls and maps are framed.</summary>
    public RespProtocol Protocol { get; set; } = RespProtocol.Resp2;

    /// <summary>How much is buffered, in bytes.</summary>
    public int BufferedCount => _count;

    /// <summary>Whether the other side has said that it takes <c>KV.TRACE</c>.</summary>
    public bool TakesTraces { get; set; }

    /// <summary>Hears of every error that is written; its text is only there during the call.</summary>
    public Action<ReadOnlySpan<byte>>? ErrorWritten { get; init; }

    /// <summary>True when enough is buffered to be worth a system call.</summary>
    public bool WantsFlush => _count >= InitialCapacity;

    /// <summary><c>+text</c>; <paramref name="text"/> holds no line break.</summary>
    public void WriteSimpleString(ReadOnlySpan<byte> text) => WriteLine((byte)'+', text);

    /// <summary><c>-text</c>. Line breaks, which would end the reply early, become spaces.</summary>
    public void WriteError(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WriteError(Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc cref="WriteError(string)"/>
    public void WriteError(ReadOnlySpan<byte> text)
    {
        ErrorWritten?.Invoke(text);
        var start = _count + 1;
        WriteLine((byte)'-', text);
        _buffer.AsSpan(start, _count - start - 2).ReplaceAny(LineBreaks, (byte)' ');
    }

    /// <summary><c>:value</c></summary>
    public void WriteInteger(long value) => WriteNumber((byte)':', value);

    /// <summary><c>*count</c>: <paramref name="count"/> replies follow.</summary>
    public void WriteArrayHeader(int count) => WriteNumber((byte)'*', count);

    /// <summary>A map of <paramref name="count"/> pairs follows; in RESP2 an array of twice as many.</summary>
    public void WriteMapHeader(int count)
    {
        if (Protocol == RespProtocol.Resp3)
            WriteNumber((byte)'%', count);
        else
            WriteNumber((byte)'*', count * 2);
    }

    /// <summary><c>$length</c>: the payload and <see cref="WriteLineEnd"/> follow.</summary>
    public void WriteBulkHeader(int length) => WriteNumber((byte)'$', length);

    /// <summary>A whole bulk string, copied into the buffer.</summary>
    public void WriteBulk(ReadOnlySpan<byte> payload)
    {
        WriteBulkHeader(payload.Length);
        WriteRaw(payload);
        WriteLineEnd();
    }

    /// <summary>A whole bulk string of <paramref name="text"/>'s UTF-8 bytes, copied into the buffer.</summary>
    public void WriteBulk(string text) => WriteBulk(Encoding.UTF8.GetBytes(text));

    /// <summary>Text for people: in RESP3 a verbatim string, in RESP2 a bulk string.</summary>
    public void WriteText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Protocol == RespProtocol.Resp2)
        {
            WriteBulk(text);
            return;
        }

        WriteNumber((byte)'=', PlainText.Length + Encoding.UTF8.GetByteCount(text));
        WriteRaw(PlainText);
        WriteRaw(Encoding.UTF8.GetBytes(text));
        WriteLineEnd();
    }

    /// <summary>The null where a bulk string would be.</summary>
    public void WriteNull() => WriteRaw(Protocol == RespProtocol.Resp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>The null where an array would be.</summary>
    public void WriteNullArray() => WriteRaw(Protocol == RespProtocol.Resp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>Ends a line or a payload.</summary>
    public void WriteLineEnd() => WriteRaw("\r\n"u8);

    /// <summary>Bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _count += bytes.Length;
    }

    /// <summary>A part of a payload: copied when small, else written from where it lies after what is buffered.</summary>
    /// <remarks><paramref name="payload"/> must stay as it is until the returned task has completed.</remarks>
    public ValueTask WritePayloadAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.Length > CopyLimit)
            return WriteThroughAsync(payload, endsLine: false, cancellationToken);
        WriteRaw(payload.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The last part of a payload, and the line end behind it.</summary>
    /// <inheritdoc cref="WritePayloadAsync" path="/remarks"/>
    public ValueTask WritePayloadEndAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.Length > CopyLimit)
            return WriteThroughAsync(payload, endsLine: true, cancellationToken);
        WriteRaw(payload.Span);
        WriteLineEnd();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes all that is buffered.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_count == 0)
            return ValueTask.CompletedTask;
        var write = _stream.WriteAsync(_buffer.AsMemory(0, _count), cancellationToken);
        if (!write.IsCompletedSuccessfully)
            return Finish(this, write);
        GiveBack();
        return ValueTask.CompletedTask;

        static async ValueTask Finish(RespOutput output, ValueTask write)
        {
            await write.ConfigureAwait(false);
            output.GiveBack();
        }
    }

    /// <summary>Gives the buffer back, with what was not flushed. The stream is not disposed of.</summary>
    public void Dispose() => GiveBack();

    private static ReadOnlySpan<byte> PlainText => "txt:"u8;

    private static SearchValues<byte> LineBreaks { get; } = SearchValues.Create("\r\n"u8);

    private ValueTask WriteThroughAsync(ReadOnlyMemory<byte> payload, bool endsLine, CancellationToken cancellationToken)
    {
        var tail = endsLine ? "\r\n"u8 : default;
        var sent = _gather?.Send(_buffer.AsSpan(0, _count), payload, tail) ?? 0;
        if (sent < _count + payload.Length + tail.Length)
            return WriteRestAsync(payload, endsLine, sent, cancellationToken);
        GiveBack();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> payload, bool endsLine, int sent, CancellationToken cancellationToken)
    {
        var head = _count;
        if (sent < head)
            await _stream.WriteAsync(_buffer.AsMemory(sent, head - sent), cancellationToken).ConfigureAwait(false);
        GiveBack();
        var rest = payload[Math.Clamp(sent - head, 0, payload.Length)..];
        // The last of it leaves with the line end, which would be a packet of two bytes alone.
        var copied = endsLine ? Math.Min(rest.Length, CopyLimit) : 0;
        if (rest.Length > copied)
            await _stream.WriteAsync(rest[..^copied], cancellationToken).ConfigureAwait(false);
        WriteRaw(rest[^copied..].Span);
        if (endsLine)
            WriteRaw("\r\n"u8[Math.Max(0, sent - head - payload.Length)..]);
    }

    private void WriteLine(byte type, ReadOnlySpan<byte> text)
    {
        var line = Reserve(text.Length + 3);
        line[0] = type;
        text.CopyTo(line[1..]);
        "\r\n"u8.CopyTo(line[(text.Length + 1)..]);
        _count += text.Length + 3;
    }

    private void WriteNumber(byte type, long value)
    {
        var line = Reserve(LongestNumber + 3);
        line[0] = type;
        Utf8Formatter.TryFormat(value, line[1..], out var digits);
        "\r\n"u8.CopyTo(line[(digits + 1)..]);
        _count += digits + 3;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _count < count)
            Grow(count);
        return _buffer.AsSpan(_count);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialCapacity + CopyLimit, Math.Max(_buffer.Length * 2, _count + count)));
        _buffer.AsSpan(0, _count).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void GiveBack()
    {
        var buffer = _buffer;
        _buffer = [];
        _count = 0;
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
