using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Client.Writing;

/// <summary><c>KV.SET</c> on a connection.</summary>
internal static class WriteCommand
{
    // What is sent between two signs of life: a large payload on a slow line is not a silo that does not answer.
    private const int ProgressBytes = 4 << 20;

    /// <summary>Sends the command but for the last part of its payload, or keeps it in the connection's buffer: the silo does not have the write yet, whatever happens.</summary>
    /// <returns>The last part, for <see cref="EndAsync"/>.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>> BeginAsync(
        SiloConnection connection, BlockKey key, ReadOnlyMemory<byte> payload, BlockChecksum checksum, BlockWriteOptions options, BlockKey parent,
        CancellationToken cancellationToken)
    {
        WriteHead(connection.Output, key, options, checksum, parent, payload.Length);
        while (payload.Length > ProgressBytes)
        {
            await connection.Output.WritePayloadAsync(payload[..ProgressBytes], cancellationToken).ConfigureAwait(false);
            payload = payload[ProgressBytes..];
            connection.Progressed();
        }

        return payload;
    }

    /// <summary>Sends the last part, or keeps it in the connection's buffer. From its begin on the silo may have all of the write, whatever is heard of it.</summary>
    public static ValueTask EndAsync(SiloConnection connection, ReadOnlyMemory<byte> rest, CancellationToken cancellationToken) =>
        connection.Output.WritePayloadEndAsync(rest, cancellationToken);

    /// <summary>Reads the reply to the oldest command that has none.</summary>
    /// <exception cref="RespProtocolException">It is none to a write.</exception>
    public static async ValueTask<WriteReply> ReadReplyAsync(SiloConnection connection, CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
            return new(default, SiloError.Read(connection.Replies.Text));
        if (line is not { Type: RespReplyType.Array, Number: 2 })
            throw new RespProtocolException($"an outcome was expected, a {line.Type} came");
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        var outcome = ReadOutcome(connection.Text);
        return new(new(outcome, await connection.ReadVersionAsync(cancellationToken).ConfigureAwait(false)), null);
    }

    private static void WriteHead(RespOutput output, BlockKey key, BlockWriteOptions options, BlockChecksum checksum, BlockKey parent, int length)
    {
        Traces.Write(output, Traces.CurrentId);
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        output.WriteArrayHeader((options.Concern == WriteConcern.Local ? 6 : 7) + (parent.IsDefault ? 0 : 2));
        output.WriteBulk("KV.SET"u8);
        output.WriteBulk(key.Span);
        switch (options.Condition.Kind)
        {
            case WriteConditionKind.Any:
                output.WriteBulk("ANY"u8);
                break;
            case WriteConditionKind.Absent:
                output.WriteBulk("ABSENT"u8);
                break;
            default:
                options.Condition.Version.TryFormat(text, out var digits, default, CultureInfo.InvariantCulture);
                output.WriteBulk(text[..digits]);
                break;
        }

        Utf8Formatter.TryFormat(options.TimeToLive is { } timeToLive ? (long)timeToLive.TotalMilliseconds : 0, text, out var count);
        output.WriteBulk(text[..count]);
        checksum.Value.TryFormat(text, out count, "x16", CultureInfo.InvariantCulture);
        output.WriteBulk(text[..count]);
        if (options.Concern != WriteConcern.Local)
            output.WriteBulk("REPLICATED"u8);
        if (!parent.IsDefault)
        {
            output.WriteBulk("PARENT"u8);
            output.WriteBulk(parent.Span);
        }

        output.WriteBulkHeader(length);
    }

    private static BlockWriteOutcome ReadOutcome(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("accepted"u8))
            return BlockWriteOutcome.Accepted;
        if (text.SequenceEqual("present"u8))
            return BlockWriteOutcome.AlreadyPresent;
        if (text.SequenceEqual("conflict"u8))
            return BlockWriteOutcome.Conflict;
        throw new RespProtocolException("a write's outcome is none that is known");
    }
}
