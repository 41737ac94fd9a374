using System.Globalization;
using System.Text;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Status;

/// <summary>Reads fields and their values, texts and whole numbers: a map, in RESP2 an array.</summary>
internal static class FieldsReader
{
    private const int MostFields = 64;
    private const int LongestField = 4096;

    /// <summary>Reads the fields of one thing.</summary>
    /// <exception cref="RespProtocolException">Something else is there.</exception>
    public static async ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var head = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        var count = head.Type == RespReplyType.Map ? head.Number : head.Number / 2;
        if (head.Type is not (RespReplyType.Array or RespReplyType.Map) || count > MostFields || (head.Type == RespReplyType.Array && head.Number % 2 != 0))
            throw new RespProtocolException($"fields were expected, a {head.Type} came");
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = await ReadValueAsync(replies, cancellationToken).ConfigureAwait(false);
            fields[name] = await ReadValueAsync(replies, cancellationToken).ConfigureAwait(false);
        }

        return fields;
    }

    private static async ValueTask<string> ReadValueAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Integer)
            return line.Number.ToString(CultureInfo.InvariantCulture);
        if (line.Type != RespReplyType.BulkString || line.Number > LongestField)
            throw new RespProtocolException($"a text or a number was expected, a {line.Type} came");
        var text = new byte[line.Number];
        for (var got = 0; got < text.Length;)
            got += await replies.ReadPayloadAsync(text.AsMemory(got), cancellationToken).ConfigureAwait(false);
        await replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text);
    }
}
