using System.Globalization;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane what it knows of keys.</summary>
internal static class ExplanationReader
{
    // Within what every silo takes as one command.
    private const int MostKeysAtOnce = 64;
    private const int MostFields = 64;
    private const int LongestField = 4096;

    /// <summary>What the silo says; not reached when it does not answer in time.</summary>
    public static async Task<SiloExplanation> ReadAsync(SiloLink link, ReadOnlyMemory<BlockKey> keys, CallDeadline deadline)
    {
        try
        {
            return new(link.Silo, true, await AskAsync(link.Pool, keys, deadline.Token).ConfigureAwait(false));
        }
        catch (Exception)
        {
            return new(link.Silo, false, []);
        }
    }

    private static async Task<IReadOnlyList<KeyReport>> AskAsync(ConnectionPool pool, ReadOnlyMemory<BlockKey> keys, CancellationToken cancellationToken)
    {
        var connection = await pool.RentAsync(cancellationToken).ConfigureAwait(false);
        var reusable = false;
        try
        {
            var reports = new List<KeyReport>(keys.Length);
            for (var at = 0; at < keys.Length; at += MostKeysAtOnce)
            {
                var some = keys[at..Math.Min(keys.Length, at + MostKeysAtOnce)];
                Write(connection.Output, some.Span);
                await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                var head = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
                if (head.Type != RespReplyType.Array || head.Number != some.Length)
                    throw new RespProtocolException($"an array of {some.Length} was expected, a {head.Type} came");
                for (var i = 0; i < some.Length; i++)
                    reports.Add(new(await ReadFieldsAsync(connection.Replies, cancellationToken).ConfigureAwait(false)));
            }

            reusable = true;
            return reports;
        }
        finally
        {
            await SocketReactor.Leave();
            pool.Return(connection, reusable);
        }
    }

    private static void Write(RespOutput output, ReadOnlySpan<BlockKey> keys)
    {
        output.WriteArrayHeader(1 + keys.Length);
        output.WriteBulk("KV.EXPLAIN"u8);
        foreach (var key in keys)
            output.WriteBulk(key.Span);
    }

    private static async ValueTask<IReadOnlyDictionary<string, string>> ReadFieldsAsync(RespReplyReader replies, CancellationToken cancellationToken)
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
