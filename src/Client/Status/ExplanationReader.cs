using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane what it knows of keys.</summary>
internal static class ExplanationReader
{
    // Within what every silo takes as one command.
    private const int MostKeysAtOnce = 64;

    /// <summary>What the silo says; not reached when it does not answer in time.</summary>
    public static async Task<SiloExplanation> ReadAsync(SiloLink link, ReadOnlyMemory<BlockKey> keys, CallDeadline deadline)
    {
        try
        {
            return new(link.Silo, true, await link.Pool.AskAsync(connection => AskAsync(connection, keys, deadline.Token), deadline.Token).ConfigureAwait(false));
        }
        catch (Exception)
        {
            return new(link.Silo, false, []);
        }
    }

    private static async Task<IReadOnlyList<KeyReport>> AskAsync(SiloConnection connection, ReadOnlyMemory<BlockKey> keys, CancellationToken cancellationToken)
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
                reports.Add(new(await FieldsReader.ReadAsync(connection.Replies, cancellationToken).ConfigureAwait(false)));
        }

        return reports;
    }

    private static void Write(RespOutput output, ReadOnlySpan<BlockKey> keys)
    {
        output.WriteArrayHeader(1 + keys.Length);
        output.WriteBulk("KV.EXPLAIN"u8);
        foreach (var key in keys)
            output.WriteBulk(key.Span);
    }
}
