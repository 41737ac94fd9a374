using System.Buffers.Text;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>
/// Receives one reply at a time: a line, then perhaps a payload and a trailer. All of it lands in one preallocated pinned
/// buffer, header first, so that a payload is copied once, by the kernel.
/// </summary>
internal sealed class ReplyBuffer(ITransport transport, int longestPayload)
{
    /// <summary>Room for a header line and a trailer; an error line that is longer is cut by failing the connection.</summary>
    private const int Slack = 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(longestPayload + Slack, pinned: true);
    private int _filled;

    /// <summary>Receives a reply's first line.</summary>
    /// <returns>The line without its line break.</returns>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveLineAsync() => ReceiveLinesAsync(1);

    /// <summary>Receives a reply's first lines; only one of an error or a null.</summary>
    /// <returns>The lines with the line breaks between them.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveLinesAsync(int count)
    {
        _filled = 0;
        for (var searched = 0; searched < _buffer.Length;)
        {
            if (searched == _filled)
                _filled += await transport.ReceiveAsync(_buffer.AsMemory(_filled), 1);
            var end = _buffer.AsSpan(searched, _filled - searched).IndexOf((byte)'\n') + searched;
            if (end < searched)
            {
                searched = _filled;
                continue;
            }

            if (end == 0 || _buffer[end - 1] != '\r')
                throw new IOException("A reply's line ends without CR.");
            if (--count == 0 || _buffer[0] == '-' || _buffer[1] == '-')
                return _buffer.AsMemory(0, end - 1);
            searched = end + 1;
        }

        throw new IOException("A reply's line does not end.");
    }

    /// <summary>Receives what follows the line: a payload and a line break.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceivePayloadAsync(int lineLength, int payloadLength)
    {
        const int LineBreak = 2;
        var start = lineLength + LineBreak;
        if (payloadLength < 0 || payloadLength > longestPayload)
            throw new IOException($"The reply has a payload of {payloadLength} bytes, at most {longestPayload} were asked for.");
        var missing = start + payloadLength + LineBreak - _filled;
        if (missing > 0)
            _filled += await transport.ReceiveAsync(_buffer.AsMemory(_filled, missing), missing);
        if (!_buffer.AsSpan(start + payloadLength, LineBreak).SequenceEqual("\r\n"u8))
            throw new IOException("The payload's line break is missing.");
        return _buffer.AsMemory(start, payloadLength);
    }

    /// <summary>Reads the decimal number at the start of <paramref name="text"/>.</summary>
    public static int ParseLength(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int value, out var used) && used > 0 ? value : throw new IOException("The reply's length is no number.");
}
