using System.Text;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Wire.Tests.Replies;

/// <summary>Reads a stream of replies to its end, as a client does, and tells what it saw.</summary>
internal static class ReplyDriver
{
    public const string End = "end";

    public static async Task<string> RunAsync(byte[] bytes, int[] chunks, int capacity = 64)
    {
        using var input = new RespInput(new Streams.ChunkedStream(bytes, chunks), capacity);
        var reader = new RespReplyReader(input);
        var seen = new StringBuilder();
        try
        {
            while (true)
                await ReadAsync(reader, seen);
        }
        catch (EndOfStreamException)
        {
            return seen.Append(End).ToString();
        }
        catch (RespProtocolException exception)
        {
            return seen.Append(exception.Message).ToString();
        }
    }

    private static async Task ReadAsync(RespReplyReader reader, StringBuilder seen)
    {
        var line = await reader.ReadLineAsync(CancellationToken.None);
        seen.Append(line.Type);
        switch (line.Type)
        {
            case RespReplyType.SimpleString or RespReplyType.Error:
                Assert.Equal(line.TextLength, reader.Text.Length);
                seen.Append(' ').Append(Convert.ToHexString(reader.Text));
                break;
            case RespReplyType.BulkString:
                var payload = new byte[Math.Min(line.Number, 1 << 20)];
                for (var at = 0; at < payload.Length;)
                    at += await reader.ReadPayloadAsync(payload.AsMemory(at), CancellationToken.None);
                await reader.ReadPayloadEndAsync(CancellationToken.None);
                seen.Append(' ').Append(Convert.ToHexString(payload));
                break;
            case RespReplyType.Integer or RespReplyType.Array or RespReplyType.Map:
                seen.Append(' ').Append(line.Number);
                break;
        }

        seen.Append(';');
    }
}
