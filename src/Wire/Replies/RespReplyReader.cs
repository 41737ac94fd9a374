using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace KvOrleans.Wire.Replies;

/// <summary>Reads replies from a <see cref="RespInput"/>, line by line; payloads go straight into the caller's memory. Not thread-safe.</summary>
public sealed class RespReplyReader(RespInput input)
{
    private const int LongestLine = 64 * 1024;

    private int _unconsumed;

    /// <summary>The text of the last line. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Text => input.Buffered[1..(_unconsumed - 2)];

    /// <summary>Whether bytes have arrived behind what was read.</summary>
    public bool HasUnread => input.BufferedCount > _unconsumed;

    /// <summary>Reads the first line of the next reply.</summary>
    /// <exception cref="RespProtocolException">The bytes are not a reply.</exception>
    /// <exception cref="EndOfStreamException">The peer has ended the stream.</exception>
    public ValueTask<RespReplyLine> ReadLineAsync(CancellationToken cancellationToken)
    {
        return TryReadLine(out var line) ? new(line) : Slow(this, cancellationToken);

        static async ValueTask<RespReplyLine> Slow(RespReplyReader reader, CancellationToken cancellationToken)
        {
            while (true)
            {
                await reader.FillAsync(cancellationToken).ConfigureAwait(false);
                if (reader.TryReadLine(out var line))
                    return line;
            }
        }
    }

    /// <summary>Reads a part of a bulk string's payload, as much as there is.</summary>
    /// <param name="destination">No longer than what is left of the payload; what is behind it would be read as well.</param>
    /// <param name="cancellationToken">Ends the wait; the connection cannot be used any more.</param>
    /// <exception cref="EndOfStreamException">The peer has ended the stream.</exception>
    public ValueTask<int> ReadPayloadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        ConsumeLine();
        if (destination.IsEmpty)
            return new(0);
        var read = input.ReadAsync(destination, cancellationToken);
        return read.IsCompletedSuccessfully ? new(NotEnded(read.Result)) : Slow(read);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> Slow(ValueTask<int> read) => NotEnded(await read.ConfigureAwait(false));

        static int NotEnded(int count) => count > 0 ? count : throw Ended();
    }

    /// <summary>Reads the line end behind a payload.</summary>
    /// <exception cref="RespProtocolException">Something else is there: the length was wrong.</exception>
    public ValueTask ReadPayloadEndAsync(CancellationToken cancellationToken)
    {
        ConsumeLine();
        return TryReadPayloadEnd() ? ValueTask.CompletedTask : Slow(this, cancellationToken);

        static async ValueTask Slow(RespReplyReader reader, CancellationToken cancellationToken)
        {
            do
                await reader.FillAsync(cancellationToken).ConfigureAwait(false);
            while (!reader.TryReadPayloadEnd());
        }
    }

    private bool TryReadPayloadEnd()
    {
        if (input.BufferedCount < 2)
            return false;
        if (!input.Buffered.StartsWith("\r\n"u8))
            throw new RespProtocolException("a payload does not end where its length says");
        input.Consume(2);
        return true;
    }

    private bool TryReadLine(out RespReplyLine line)
    {
        ConsumeLine();
        line = default;
        var buffered = input.Buffered;
        var end = buffered.IndexOf((byte)'\n');
        if ((end < 0 ? buffered.Length : end) > LongestLine)
            throw new RespProtocolException($"a reply's line is longer than {LongestLine} bytes");
        if (end < 0)
            return false;
        if (end < 2 || buffered[end - 1] != '\r')
            throw new RespProtocolException("a reply's line does not end in CR LF");
        line = Parse(buffered[0], buffered[1..(end - 1)]);
        _unconsumed = end + 1;
        return true;
    }

    private static RespReplyLine Parse(byte type, ReadOnlySpan<byte> text) => type switch
    {
        (byte)'+' => new(RespReplyType.SimpleString, 0, text.Length),
        (byte)'-' => new(RespReplyType.Error, 0, text.Length),
        (byte)'_' when text.IsEmpty => new(RespReplyType.Null, 0, 0),
        (byte)':' => new(RespReplyType.Integer, Number(text), 0),
        (byte)'$' => Sized(RespReplyType.BulkString, text),
        (byte)'*' => Sized(RespReplyType.Array, text),
        (byte)'%' => Sized(RespReplyType.Map, text),
        _ => throw new RespProtocolException($"a reply has an unknown type, '{(type is >= 32 and < 127 ? (char)type : '?')}' ({type})"),
    };

    private static RespReplyLine Sized(RespReplyType type, ReadOnlySpan<byte> text) => Number(text) switch
    {
        -1 => new(RespReplyType.Null, 0, 0),
        >= 0 and <= int.MaxValue and var size => new(type, size, 0),
        _ => throw new RespProtocolException("a reply has an impossible length"),
    };

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length
            ? number
            : throw new RespProtocolException("a reply's number is not one");

    private void ConsumeLine()
    {
        input.Consume(_unconsumed);
        _unconsumed = 0;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (!await input.FillAsync(cancellationToken).ConfigureAwait(false))
            throw Ended();
    }

    private static EndOfStreamException Ended() => new("The peer has closed the connection.");
}
