using System.Globalization;
using System.Runtime.CompilerServices;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Reading;

/// <summary>The reply to one <c>KV.GET</c>.</summary>
/// <param name="Read">How the read ended.</param>
/// <param name="IsReusable">Whether the whole reply has been taken from the connection.</param>
/// <param name="Error">The silo's error; null when it sent none.</param>
/// <param name="Checksum">Of a hit, the checksum that the silo sent.</param>
internal readonly record struct BlockReply(BlockRead Read, bool IsReusable, SiloError? Error = null, BlockChecksum Checksum = default)
{
    /// <summary>A payload that is not wanted is read away when it is at most this long; else the connection is closed.</summary>
    public const int DrainLimit = 1 << 20;

    private const int LineEnd = 2;

    // The checksum is taken over what has just arrived, while the processor's cache still holds it.
    private const int Chunk = 256 * 1024;

    /// <summary>Reads the reply, its payload into <paramref name="destination"/>.</summary>
    /// <param name="connection">Where the reply comes.</param>
    /// <param name="destination">Where the payload goes; bytes behind it are not touched.</param>
    /// <param name="version">The version that was asked for; <c>default</c> for any. Another one is a miss and touches nothing.</param>
    /// <param name="firstByte">Is told when the reply begins, and may refuse it. Null for nobody.</param>
    /// <param name="cancellationToken">Ends the read; the connection must then be closed.</param>
    /// <exception cref="NoConnectionException">The reply was refused; nothing was touched.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<BlockReply> ReadAsync(
        SiloConnection connection, Memory<byte> destination, BlockVersion version, IFirstByte? firstByte, CancellationToken cancellationToken)
    {
        var replies = connection.Replies;
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (firstByte?.Arrived(line.Type == RespReplyType.Array) == false)
            throw new NoConnectionException("the reply is not waited for any more");
        connection.Progressed();
        if (line.Type == RespReplyType.Null)
            return new(new(BlockReadOutcome.Miss, default, 0), true);
        if (line.Type == RespReplyType.Error)
            return new(new(BlockReadOutcome.Miss, default, 0), true, SiloError.Read(replies.Text));
        if (line is not { Type: RespReplyType.Array, Number: 3 })
            throw new RespProtocolException($"a block was expected, a {line.Type} came");

        var found = await connection.ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        if (connection.Text.Length != 16
            || !ulong.TryParse(connection.Text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var checksum))
        {
            throw new RespProtocolException("a checksum was expected");
        }

        var payload = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (payload.Type != RespReplyType.BulkString)
            throw new RespProtocolException($"a payload was expected, a {payload.Type} came");
        var length = (int)payload.Number;
        if (!version.IsNone && found != version)
            return new(new(BlockReadOutcome.Miss, found, 0), await DrainAsync(connection, length, cancellationToken).ConfigureAwait(false));
        if (length > destination.Length)
            return new(new(BlockReadOutcome.DestinationTooSmall, found, length), await DrainAsync(connection, length, cancellationToken).ConfigureAwait(false));

        await ReceiveAsync(connection, destination[..length], cancellationToken).ConfigureAwait(false);
        await replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        // Bytes that went wrong may have gone wrong in the framing too: such a connection is not used again.
        return BlockChecksum.Of(connection.Hash).Value == checksum
            ? new(new(BlockReadOutcome.Hit, found, length), true, Checksum: new(checksum))
            : new(new(BlockReadOutcome.Corrupt, default, 0), false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask ReceiveAsync(SiloConnection connection, Memory<byte> destination, CancellationToken cancellationToken)
    {
        connection.Hash.Reset();
        connection.LowWater.Begin(destination.Length + LineEnd - connection.Input.BufferedCount);
        while (!destination.IsEmpty)
        {
            var want = destination[..Math.Min(destination.Length, Chunk)];
            var got = await connection.Replies.ReadPayloadAsync(want, cancellationToken).ConfigureAwait(false);
            connection.Progressed();
            connection.Hash.Append(want.Span[..got]);
            destination = destination[got..];
            connection.LowWater.Left(destination.Length + LineEnd - connection.Input.BufferedCount);
        }

        connection.LowWater.Left(0);
    }

    /// <summary>Reads a payload away. False when it is too long for that.</summary>
    private static async ValueTask<bool> DrainAsync(SiloConnection connection, int length, CancellationToken cancellationToken)
    {
        if (length > DrainLimit)
            return false;
        var scrap = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Max(1, Math.Min(length, 64 * 1024)));
        try
        {
            while (length > 0)
                length -= await connection.Replies.ReadPayloadAsync(scrap.AsMemory(0, Math.Min(length, scrap.Length)), cancellationToken).ConfigureAwait(false);
            await connection.Replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(scrap);
        }
    }
}
