using KvOrleans.Client.Connections;
using KvOrleans.Client.Matching;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Reading;

/// <summary>Reads a share over one connection, with requests sent ahead.</summary>
/// <remarks>
/// What is sent ahead is bounded, so that the requests always fit the sockets' buffers: neither side ever waits to write for the other to read.
/// </remarks>
internal static class ShareReader
{
    // 24 requests of at most 600 bytes: less than what the smallest socket buffers hold.
    private const int MostAhead = 24;
    private const int RefillBelow = MostAhead / 2;
    private const long MostBytesAhead = 8 << 20;

    /// <summary>Whether <paramref name="reply"/> has brought <paramref name="block"/> as it was matched.</summary>
    public static bool IsRead(BlockReply reply, MatchedBlock block) => reply.Read.IsHit && reply.Read.Length == block.Length;

    /// <summary>Asks for the blocks in order and hands every reply to <paramref name="taken"/>, until there is no more to ask for or it returns false.</summary>
    /// <returns>Whether nothing is left to arrive on the connection.</returns>
    public static async ValueTask<bool> ReadAsync(
        ReadShare share, MatchRead read, SiloConnection connection, IFirstByte? firstByte, ReadRace? race,
        Func<int, BlockReply, bool> taken, CancellationToken cancellationToken)
    {
        var sent = 0;
        var bytesAhead = 0L;
        for (var received = 0; received < share.Blocks.Count; received++)
        {
            if (sent - received <= RefillBelow)
            {
                Request(share, read, connection, received, ref sent, ref bytesAhead);
                await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            if (sent == received)
                break;
            if (received > 0)
                race?.AwaitNext();
            var index = share.Blocks[received];
            var block = read.Blocks[index];
            var reply = await BlockReply.ReadAsync(connection, read.DestinationOf(index), block.Version, firstByte, cancellationToken).ConfigureAwait(false);
            bytesAhead -= block.Length;
            // What is otherwise than it should be is logged.
            if (IsRead(reply, block))
                Taken(index, reply, read);
            else
                await SocketReactor.Leave();
            var goesOn = taken(index, reply);
            if (!reply.IsReusable)
                return false;
            if (!goesOn)
                return sent == received + 1;
        }

        return true;
    }

    /// <summary>A block is whole and verified. From when it is told of, its memory is the caller's.</summary>
    private static void Taken(int index, BlockReply reply, MatchRead read)
    {
        if (read.Near.IsEnabled)
            read.Near.Keep(read.Maps.Current, read.Blocks[index].Key, reply.Read.Version, reply.Checksum, read.DestinationOf(index).Span);
        read.Progress?.Read(index);
    }

    private static void Request(ReadShare share, MatchRead read, SiloConnection connection, int received, ref int sent, ref long bytesAhead)
    {
        while (sent < share.Blocks.Count && share.Blocks[sent] < read.Run.Length && sent - received < MostAhead)
        {
            var block = read.Blocks[share.Blocks[sent]];
            if (sent - received >= 2 && bytesAhead + block.Length > MostBytesAhead)
                return;
            new BlockQuestion(block.Key, block.Version).Write(connection.Output, block.Length);
            bytesAhead += block.Length;
            sent++;
        }
    }
}
