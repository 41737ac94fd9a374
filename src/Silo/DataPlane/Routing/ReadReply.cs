using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Writes the reply to a read: from the arena, or from what comes from another silo.</summary>
internal static class ReadReply
{
    /// <summary>What is at most this long is not sent on before it is verified: little is won by it, and when it goes wrong it is still a miss.</summary>
    private const int SentWhole = 512 * 1024;

    /// <summary>There is no such block.</summary>
    public static void Miss(Session session, ReadFraming framing, MissReason reason)
    {
        session.Services.Counters.Missed(reason);
        if (framing.IsIdentified)
            session.Output.WriteNullArray();
        else
            session.Output.WriteNull();
    }

    /// <summary>Sends a block that is here and gives it back; another version than <paramref name="wanted"/> is a miss.</summary>
    public static ValueTask SendAsync(Session session, OpenBlock block, ReadFraming framing, BlockVersion wanted)
    {
        if (!wanted.IsNone && block.Version != wanted)
        {
            block.Dispose();
            Miss(session, framing, MissReason.Version);
            return ValueTask.CompletedTask;
        }

        block.CountRead(framing.Range is { } part ? Math.Min(part.Length, block.Length) : block.Length);
        if (framing.Range is { } range)
            return RangeReply.SendAsync(session, block, range);
        session.CountHit(block.Length);
        if (framing.IsIdentified)
            WriteIdentity(session.Output, 3, block.Version, block.Checksum);
        return SendPayloadAsync(session, block);
    }

    /// <summary>Sends a block as a bulk string and gives it back.</summary>
    public static ValueTask SendPayloadAsync(Session session, OpenBlock block)
    {
        session.Output.WriteBulkHeader(block.Length);
        if (block.Length > RespOutput.CopyLimit)
            return session.SendPayloadAsync(block);
        for (var i = 0; i < block.SegmentCount; i++)
            session.Output.WriteRaw(block.GetSegment(i).Span);
        session.Output.WriteLineEnd();
        block.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The array's head, version and checksum.</summary>
    public static void WriteIdentity(RespOutput output, int elements, BlockVersion version, BlockChecksum checksum)
    {
        output.WriteArrayHeader(elements);
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        version.TryFormat(text, out var length, default, null);
        output.WriteSimpleString(text[..length]);
        checksum.Value.TryFormat(text, out length, "x16");
        output.WriteSimpleString(text[..length]);
    }

    /// <summary>Sends a block on; a long one while it comes. The last of it is held back until the checksum is verified.</summary>
    /// <returns>False when it did not come whole before anything of it was sent: another silo may be asked.</returns>
    /// <exception cref="IOException">It did not come whole after that; the connection is closed, so that nobody takes it for the block.</exception>
    /// <remarks>A client that takes it slowly holds memory, and neither the other silo's connection nor <paramref name="slot"/>: what it does not take at once is received meanwhile.</remarks>
    public static async ValueTask<bool> SendOnAsync(Session session, PeerFetch fetch, ReadFraming framing, FetchSlot slot)
    {
        if (framing.Range is { } range)
            return await RangeReply.SendOnAsync(session, fetch, range, slot).ConfigureAwait(false);
        do
        {
            if (!await fetch.ReceiveAsync().ConfigureAwait(false))
                return false;
        }
        while (fetch.Length <= SentWhole && !fetch.IsVerified);

        session.Services.Counters.Hit(ReadSource.Peer, fetch.Length);
        if (framing.IsIdentified)
            WriteIdentity(session.Output, 3, fetch.Version, fetch.Checksum);
        session.Output.WriteBulkHeader(fetch.Length);
        var sent = fetch.IsVerified ? 0 : await SendMeanwhileAsync(session, fetch).ConfigureAwait(false);
        slot.Dispose();
        await SendRestAsync(session, fetch, sent).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sends what has come while the rest comes, which another thread receives: to copy into one socket and out of another by turns would take both times.</summary>
    /// <returns>How much was sent: not all, though all of it has come.</returns>
    private static async ValueTask<int> SendMeanwhileAsync(Session session, PeerFetch fetch)
    {
        var receiving = Task.Run(() => ReceiveRestAsync(session, fetch));
        var sent = 0;
        try
        {
            // The last byte is held back until all is verified.
            while (sent < fetch.Length - 1 && !receiving.IsCompleted)
            {
                var part = fetch.GetReceived(sent);
                part = part[..Math.Min(part.Length, fetch.Length - 1 - sent)];
                sent += part.Length;
                if (part.IsEmpty)
                    await Task.WhenAny(fetch.MoreThanAsync(sent), receiving).ConfigureAwait(false);
                else
                    await session.SendPartAsync(part, isLast: false).ConfigureAwait(false);
            }
        }
        finally
        {
            // The memory is given back after this: it must not be in use any more.
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return fetch.IsVerified ? sent : throw new IOException("A block that was sent on did not come whole.");
    }

    private static async Task ReceiveRestAsync(Session session, PeerFetch fetch)
    {
        if (!await fetch.ReceiveAllAsync().ConfigureAwait(false))
            session.Abort();
    }

    /// <summary>Sends what is left of a block that is here and verified.</summary>
    public static async ValueTask SendRestAsync(Session session, PeerFetch fetch, int sent)
    {
        if (fetch.Length == 0)
            session.Output.WriteLineEnd();
        while (sent < fetch.Length)
        {
            var part = fetch.GetReceived(sent);
            sent += part.Length;
            await session.SendPartAsync(part, isLast: sent == fetch.Length).ConfigureAwait(false);
        }
    }
}
