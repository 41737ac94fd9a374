using System.Net;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane for the whole list of its hot blocks.</summary>
internal static class HotReader
{
    private const int ReplyLength = 3;
    private const int EntryLength = 5;
    private const int MostHolders = 4096;
    private const int LongestAddress = 128;

    /// <summary>What the silo says; a failure when it does not answer in time, or does not know the question.</summary>
    public static async Task<SiloHotReport> ReadAsync(SiloLink link, CallDeadline deadline)
    {
        try
        {
            return await AskAsync(link, deadline.Token).ConfigureAwait(false);
        }
        catch (RespProtocolException error)
        {
            return Failed(link, error.Message);
        }
        catch (Exception)
        {
            return Failed(link, "does not answer");
        }
    }

    private static SiloHotReport Failed(SiloLink link, string why) => new(link.Silo, why, 0, []);

    private static async Task<SiloHotReport> AskAsync(SiloLink link, CancellationToken cancellationToken)
    {
        var connection = await link.Pool.RentAsync(cancellationToken).ConfigureAwait(false);
        var reusable = false;
        try
        {
            connection.Output.WriteArrayHeader(2);
            connection.Output.WriteBulk("KV.HOT"u8);
            connection.Output.WriteBulk("0"u8);
            await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            var replies = connection.Replies;
            var head = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (head.Type == RespReplyType.Error)
            {
                reusable = true;
                return Failed(link, "answered: " + SiloError.Read(replies.Text).Text);
            }

            Expect(head, RespReplyType.Array, ReplyLength, ReplyLength);
            await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
            var sent = await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
            var list = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            var blocks = new List<HotBlockReport>();
            if (list.Type == RespReplyType.Array)
            {
                Expect(list, RespReplyType.Array, 0, HotList.MostBlocks);
                for (var i = 0; i < list.Number; i++)
                    blocks.Add(await BlockAsync(replies, cancellationToken).ConfigureAwait(false));
            }
            else if (list.Type != RespReplyType.Null)
            {
                throw new RespProtocolException($"a list was expected, a {list.Type} came");
            }

            reusable = true;
            return new(link.Silo, null, sent, blocks);
        }
        finally
        {
            link.Pool.Return(connection, reusable);
        }
    }

    private static async ValueTask<HotBlockReport> BlockAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        Expect(await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false), RespReplyType.Array, EntryLength, EntryLength);
        var key = BlockKey.From(await BytesAsync(replies, BlockKey.MaxLength, cancellationToken).ConfigureAwait(false));
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.SimpleString)
            throw new RespProtocolException($"a version was expected, a {line.Type} came");
        var version = Encoding.ASCII.GetString(replies.Text);
        var length = await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var rate = await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var head = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Expect(head, RespReplyType.Array, 0, MostHolders);
        var holders = new List<IPEndPoint>();
        for (var i = 0; i < head.Number; i++)
        {
            var text = Encoding.ASCII.GetString(await BytesAsync(replies, LongestAddress, cancellationToken).ConfigureAwait(false));
            holders.Add(IPEndPoint.TryParse(text, out var address) ? address : throw new RespProtocolException("a holder's address was expected, something else came"));
        }

        return new(key, version, length, rate, holders);
    }

    private static async ValueTask<long> NumberAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Expect(line, RespReplyType.Integer, 0, long.MaxValue);
        return line.Number;
    }

    private static async ValueTask<byte[]> BytesAsync(RespReplyReader replies, int most, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Expect(line, RespReplyType.BulkString, 1, most);
        var bytes = new byte[line.Number];
        for (var got = 0; got < bytes.Length;)
            got += await replies.ReadPayloadAsync(bytes.AsMemory(got), cancellationToken).ConfigureAwait(false);
        await replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private static void Expect(RespReplyLine line, RespReplyType type, long least, long most)
    {
        if (line.Type != type || line.Number < least || line.Number > most)
            throw new RespProtocolException($"a {type} from {least} to {most} was expected, a {line.Type} of {line.Number} came");
    }
}
