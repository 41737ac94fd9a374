using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Writes the reply to a read of a part of a block, with the part's own checksum.</summary>
internal static class RangeReply
{
    /// <summary>What is hashed before the session may have to give its thread back.</summary>
    private const int HashedAtOnce = 1 << 20;

    /// <summary>What is sent under one look at whether the peer takes it.</summary>
    private const int SentAtOnce = 4 << 20;

    /// <summary>Sends a part of a block that is here, and gives the block back.</summary>
    public static async ValueTask SendAsync(Session session, OpenBlock block, BlockRange range)
    {
        using var sending = block;
        await SendAsync(session, ReadSource.Here, sending.Version, sending.Length, range, PiecesOf(sending, range)).ConfigureAwait(false);
    }

    /// <summary>Sends a part of a block that comes from another silo, when it is here and its checksum verified.</summary>
    /// <returns>False when it did not come whole: nothing was sent.</returns>
    public static async ValueTask<bool> SendOnAsync(Session session, PeerFetch fetch, BlockRange range, FetchSlot slot)
    {
        if (!await fetch.ReceiveAllAsync().ConfigureAwait(false))
            return false;
        slot.Dispose();
        await SendAsync(session, ReadSource.Peer, fetch.Version, fetch.Length, range, PiecesOf(fetch, range)).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask SendAsync(
        Session session, ReadSource source, BlockVersion version, int length, BlockRange range, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        if (!range.IsWithin(length))
        {
            session.Output.WriteError($"ERR invalid range: the block has {length} bytes; accepted are an offset and a length within them");
            return;
        }

        var checksum = await ChecksumAsync(session, pieces).ConfigureAwait(false);
        session.Services.Counters.Hit(source, range.Length);
        ReadReply.WriteIdentity(session.Output, 3, version, checksum);
        session.Output.WriteBulkHeader(range.Length);
        var left = range.Length;
        foreach (var piece in pieces)
        {
            for (var rest = piece; !rest.IsEmpty;)
            {
                var part = rest[..Math.Min(rest.Length, SentAtOnce)];
                rest = rest[part.Length..];
                left -= part.Length;
                await session.SendPartAsync(part, isLast: left == 0).ConfigureAwait(false);
            }
        }

        if (range.Length == 0)
            session.Output.WriteLineEnd();
    }

    /// <summary>Taken before the first byte is sent, since it stands before them.</summary>
    private static async ValueTask<BlockChecksum> ChecksumAsync(Session session, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var hash = new XxHash3();
        foreach (var piece in pieces)
        {
            for (var rest = piece; !rest.IsEmpty;)
            {
                var part = rest[..Math.Min(rest.Length, HashedAtOnce)];
                rest = rest[part.Length..];
                hash.Append(part.Span);
                await session.SpendAsync(part.Length).ConfigureAwait(false);
            }
        }

        return BlockChecksum.Of(hash);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> PiecesOf(OpenBlock block, BlockRange range)
    {
        var (skip, left) = (range.Offset, range.Length);
        for (var i = 0; i < block.SegmentCount && left > 0; i++)
        {
            var segment = block.GetSegment(i);
            var from = Math.Min(skip, segment.Length);
            skip -= from;
            var piece = segment.Slice(from, Math.Min(left, segment.Length - from));
            left -= piece.Length;
            if (!piece.IsEmpty)
                yield return piece;
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> PiecesOf(PeerFetch fetch, BlockRange range)
    {
        for (var at = range.Offset; at < range.Offset + range.Length;)
        {
            var received = fetch.GetReceived(at);
            var piece = received[..Math.Min(received.Length, range.Offset + range.Length - at)];
            at += piece.Length;
            yield return piece;
        }
    }
}
