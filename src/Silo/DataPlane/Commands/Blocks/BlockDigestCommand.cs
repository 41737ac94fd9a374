using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.DIGEST generation since first</c></summary>
internal sealed class BlockDigestCommand : DataPlaneCommand
{
    /// <summary>How many changed blocks a reply carries at the most.</summary>
    private const int MostBlocks = 4096;

    private const int GenerationDigits = 16;
    private const int ReplyLength = 7;
    private const int LongestPosition = 60;

    public override string Name => "KV.DIGEST";

    public override int Arity => 4;

    public override string Syntax => "generation since first";

    public override string Summary => "Returns what changed in the digest of the keys that are here: generation, number, blocks, next block, map, silos with pending handoffs, changes.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        if (!Utf8Parser.TryParse(session.Argument(1), out ulong generation, out var used, 'x') || used != GenerationDigits || session.Argument(1).Length != GenerationDigits)
            return session.RefuseAsync("ERR invalid generation: accepted are 16 hex digits, 0000000000000000 for none");
        if (!Utf8Parser.TryParse(session.Argument(2), out long since, out used) || used != session.Argument(2).Length || since < 0)
            return session.RefuseAsync($"ERR invalid since: accepted are 0, for all, and numbers up to {long.MaxValue}");
        if (!Utf8Parser.TryParse(session.Argument(3), out int first, out used) || used != session.Argument(3).Length || first < 0)
            return session.RefuseAsync($"ERR invalid first: accepted are numbers of blocks from 0 to {int.MaxValue}");
        return ReplyAsync(session, generation, since, first);
    }

    private static async ValueTask ReplyAsync(Session session, ulong generation, long since, int first)
    {
        var changes = ArrayPool<byte>.Shared.Rent(MostBlocks * BlockStore.BytesPerDigestChange);
        try
        {
            var length = WriteHead(session, generation, since, first, changes.AsSpan(0, MostBlocks * BlockStore.BytesPerDigestChange));
            await session.SendPartAsync(changes.AsMemory(0, length), isLast: true).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(changes);
        }
    }

    /// <summary>All but the changes themselves. The map and its handoffs come first and the blocks then: a handoff is done when its blocks are there.</summary>
    private static int WriteHead(Session session, ulong generation, long since, int first, Span<byte> changes)
    {
        var handoffs = session.Services.Router.Handoffs;
        var mayRuleOut = session.Services.Router.MayRuleOut(handoffs.Map);
        var read = session.Services.Digests.Read(generation, since, first, changes);

        Span<byte> digits = stackalloc byte[GenerationDigits];
        read.Generation.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
        var output = session.Output;
        output.WriteArrayHeader(ReplyLength);
        output.WriteSimpleString(digits);
        output.WriteInteger(read.Number);
        output.WriteInteger(read.Blocks);
        output.WriteInteger(read.Next);
        if (mayRuleOut)
            WritePosition(output, handoffs.Map.Position);
        else
            output.WriteSimpleString("-"u8);
        output.WriteArrayHeader(handoffs.Pending.Length);
        foreach (var silo in handoffs.Pending)
            output.WriteBulk(silo.DataPlane.ToString());
        var length = read.Changes * BlockStore.BytesPerDigestChange;
        output.WriteBulkHeader(length);
        return length;
    }

    private static void WritePosition(RespOutput output, MapPosition position)
    {
        Span<byte> text = stackalloc byte[LongestPosition];
        _ = System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{position.Incarnation:x16} {position.Id} {position.Digest:x16}", out var length);
        output.WriteSimpleString(text[..length]);
    }
}
