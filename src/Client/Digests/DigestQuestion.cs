using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Digests;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Digests;

/// <summary><c>KV.DIGEST</c> on a connection of its own: asks, and reads the reply as far as its form goes. One question at a time.</summary>
internal sealed class DigestQuestion(SiloConnection connection)
{
    /// <summary>The changed blocks of one reply.</summary>
    public const int MostChanges = 4096;

    private const int Elements = 7;
    private const int MostPending = 1024;
    private const int LongestEndpoint = 64;

    private byte[] _changes = [];

    /// <summary>Asks for what has changed.</summary>
    /// <param name="generation">The filter that is known; 0 for none.</param>
    /// <param name="since">The change up to which it is known.</param>
    /// <param name="first">The block from which on to answer.</param>
    /// <param name="cancellationToken">Ends the wait; the connection cannot be used any more.</param>
    /// <returns>The reply; null when the silo has no room for one now.</returns>
    /// <exception cref="DigestException">The reply is no digest.</exception>
    public async Task<DigestPage?> AskAsync(ulong generation, long since, int first, CancellationToken cancellationToken)
    {
        Write(generation, since, first);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
        {
            var error = SiloError.Read(connection.Replies.Text);
            return error.Kind == SiloErrorKind.Busy ? null : throw new DigestException($"it refused: {error.Text}");
        }

        if (line is not { Type: RespReplyType.Array, Number: Elements })
            throw new DigestException("the reply is not an array of seven");
        var current = await ReadGenerationAsync(cancellationToken).ConfigureAwait(false);
        var number = await ReadNumberAsync("number", 0, long.MaxValue, cancellationToken).ConfigureAwait(false);
        var blocks = (int)await ReadNumberAsync("count of blocks", 1, KeyDigest.MostBlocks, cancellationToken).ConfigureAwait(false);
        var next = (int)await ReadNumberAsync("next block", 0, blocks - 1, cancellationToken).ConfigureAwait(false);
        var map = await ReadMapAsync(cancellationToken).ConfigureAwait(false);
        var pending = await ReadPendingAsync(cancellationToken).ConfigureAwait(false);
        return new(current, number, blocks, next, map, pending, await ReadChangesAsync(cancellationToken).ConfigureAwait(false));
    }

    private void Write(ulong generation, long since, int first)
    {
        var output = connection.Output;
        Span<byte> text = stackalloc byte[20];
        output.WriteArrayHeader(4);
        output.WriteBulk("KV.DIGEST"u8);
        generation.TryFormat(text, out var count, "x16", CultureInfo.InvariantCulture);
        output.WriteBulk(text[..count]);
        Utf8Formatter.TryFormat(since, text, out count);
        output.WriteBulk(text[..count]);
        Utf8Formatter.TryFormat(first, text, out count);
        output.WriteBulk(text[..count]);
    }

    private async ValueTask<ulong> ReadGenerationAsync(CancellationToken cancellationToken)
    {
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        return connection.Text.Length == 16 && ulong.TryParse(connection.Text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var generation)
            && generation != 0 ? generation : throw new DigestException("its generation is not 16 hex digits");
    }

    private async ValueTask<long> ReadNumberAsync(string name, long least, long most, CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line.Type == RespReplyType.Integer && line.Number >= least && line.Number <= most
            ? line.Number : throw new DigestException($"its {name} is out of range");
    }

    private async ValueTask<MapPosition?> ReadMapAsync(CancellationToken cancellationToken)
    {
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        if (connection.Text.SequenceEqual("-"u8))
            return null;
        return MapPosition.TryDecode(connection.Text, out var map) ? map : throw new DigestException("its map is none");
    }

    private async ValueTask<IReadOnlyList<IPEndPoint>> ReadPendingAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.Array || line.Number > MostPending)
            throw new DigestException("its pending silos are no list");
        if (line.Number == 0)
            return [];
        var pending = new IPEndPoint[line.Number];
        for (var i = 0; i < pending.Length; i++)
        {
            await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
            pending[i] = connection.Text.Length <= LongestEndpoint && IPEndPoint.TryParse(Encoding.ASCII.GetString(connection.Text), out var endpoint)
                ? endpoint : throw new DigestException("a pending silo is no endpoint");
        }

        return pending;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadChangesAsync(CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.BulkString || line.Number > MostChanges * DigestBits.BytesPerChange || line.Number % DigestBits.BytesPerChange != 0)
            throw new DigestException("its changes have a wrong length");
        if (_changes.Length < line.Number)
            _changes = GC.AllocateUninitializedArray<byte>((int)Math.Max(line.Number, Math.Min(_changes.Length * 2L, MostChanges * DigestBits.BytesPerChange)));
        var changes = _changes.AsMemory(0, (int)line.Number);
        for (var got = 0; got < changes.Length;)
            got += await connection.Replies.ReadPayloadAsync(changes[got..], cancellationToken).ConfigureAwait(false);
        await connection.Replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return changes;
    }
}
