using System.Buffers.Text;
using System.Net;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Heat;

/// <summary><c>KV.HOT</c>: asks, and reads the reply as far as its form goes. One question at a time.</summary>
internal sealed class HotQuestion(SiloConnection connection)
{
    /// <summary>Near reads that one question tells of.</summary>
    public const int MostReadings = 64;

    private const int Elements = 3;
    private const int ElementsOfBlock = 5;
    private const int LongestEndpoint = 64;

    /// <summary>False when the silo knows no such command.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <summary>What the silo answered last instead of a list.</summary>
    public SiloError Refusal { get; private set; }

    /// <summary>Asks for the list, as one who asks again and again.</summary>
    /// <param name="number">The number of the list that is known; 0 for none.</param>
    /// <param name="readings">What was read near the client since it was told last, up to <see cref="MostReadings"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the connection cannot be used any more.</param>
    /// <returns>The reply; null when the silo has none for now, or knows of none.</returns>
    /// <exception cref="HotException">The reply is no hot list.</exception>
    public async Task<HotReply?> AskAsync(long number, IReadOnlyList<NearReading> readings, CancellationToken cancellationToken)
    {
        if (await TryAskAsync(number, readings, cancellationToken).ConfigureAwait(false) is { } reply)
            return reply;
        if (Refusal.Kind == SiloErrorKind.Busy)
            return null;
        IsKnown = !Refusal.Text.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase);
        return IsKnown ? throw new HotException($"it refused: {Refusal.Text}") : null;
    }

    /// <summary>Asks for the list, once.</summary>
    /// <returns>The reply; null when the silo refused, and <see cref="Refusal"/> says how.</returns>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<HotReply?> TryAskAsync(long number, IReadOnlyList<NearReading> readings, CancellationToken cancellationToken)
    {
        Write(number, readings);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
        {
            Refusal = SiloError.Read(connection.Replies.Text);
            return null;
        }

        if (line is not { Type: RespReplyType.Array, Number: Elements })
            throw new HotException("an array of three was expected");
        var current = await ReadNumberAsync("number", long.MaxValue, cancellationToken).ConfigureAwait(false);
        var sent = await ReadNumberAsync("count of sent bytes", long.MaxValue, cancellationToken).ConfigureAwait(false);
        var blocks = await ReadBlocksAsync(cancellationToken).ConfigureAwait(false);
        if (blocks is null && current != number)
            throw new HotException("it is said to be known and has another number");
        return new HotReply(current, sent, blocks);
    }

    private void Write(long number, IReadOnlyList<NearReading> readings)
    {
        var output = connection.Output;
        Span<byte> text = stackalloc byte[20];
        output.WriteArrayHeader(2 + (2 * readings.Count));
        output.WriteBulk("KV.HOT"u8);
        Utf8Formatter.TryFormat(number, text, out var count);
        output.WriteBulk(text[..count]);
        foreach (var reading in readings)
        {
            output.WriteBulk(reading.Key.Span);
            Utf8Formatter.TryFormat(reading.Bytes, text, out count);
            output.WriteBulk(text[..count]);
        }
    }

    private async ValueTask<long> ReadNumberAsync(string name, long most, CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line.Type == RespReplyType.Integer && line.Number >= 0 && line.Number <= most ? line.Number : throw new HotException($"its {name} is out of range");
    }

    private async ValueTask<HotEntry[]?> ReadBlocksAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Null)
            return null;
        if (line.Type != RespReplyType.Array || line.Number > HotList.MostBlocks)
            throw new HotException("its blocks are no list");
        var blocks = new HotEntry[line.Number];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = await ReadBlockAsync(cancellationToken).ConfigureAwait(false);
        return blocks;
    }

    private async ValueTask<HotEntry> ReadBlockAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line is not { Type: RespReplyType.Array, Number: ElementsOfBlock })
            throw new HotException("a block is not an array of five");
        var key = await ReadKeyAsync(cancellationToken).ConfigureAwait(false);
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        if (!BlockVersion.TryParse(connection.Text, out var version))
            throw new HotException("a block's version is none");
        var length = await ReadNumberAsync("block's length", int.MaxValue, cancellationToken).ConfigureAwait(false);
        var heat = await ReadNumberAsync("block's heat", long.MaxValue, cancellationToken).ConfigureAwait(false);
        return new(key, version, (int)length, heat, await ReadHoldersAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<BlockKey> ReadKeyAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.BulkString || line.Number is < 1 or > BlockKey.MaxLength)
            throw new HotException("a block's key is none");
        var key = new byte[line.Number];
        for (var got = 0; got < key.Length;)
            got += await connection.Replies.ReadPayloadAsync(key.AsMemory(got), cancellationToken).ConfigureAwait(false);
        await connection.Replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return BlockKey.From(key);
    }

    private async ValueTask<IPEndPoint[]> ReadHoldersAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.Array || line.Number > HotEntry.MostHolders)
            throw new HotException("a block's holders are no list");
        var holders = new IPEndPoint[line.Number];
        for (var i = 0; i < holders.Length; i++)
        {
            await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
            holders[i] = connection.Text.Length <= LongestEndpoint && IPEndPoint.TryParse(Encoding.ASCII.GetString(connection.Text), out var endpoint)
                ? endpoint : throw new HotException("a holder's address was expected");
        }

        return holders;
    }
}
