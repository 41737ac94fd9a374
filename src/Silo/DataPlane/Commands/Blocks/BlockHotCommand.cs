using System.Buffers.Text;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Heat;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.HOT number [K bytes …]</c></summary>
internal sealed class BlockHotCommand : DataPlaneCommand
{
    private const int ReplyLength = 3;
    private const int EntryLength = 5;
    private const int FirstKey = 2;

    /// <summary>Keys that may have been read near a client since it last asked.</summary>
    private const int MostNearKeys = 64;

    public override string Name => "KV.HOT";

    public override int Arity => -2;

    public override string Syntax => "number [key bytes ...]";

    public override string Summary => "Returns the hot blocks that this silo owns and who holds them, unless that is known; and counts what was read of them beside this silo.";

    public override string Group => "kv";

    public override ValueTask ExecuteAsync(Session session)
    {
        var count = session.ArgumentCount - FirstKey;
        if (!TryParse(session.Argument(1), out var number))
            return session.RefuseAsync($"ERR invalid number: accepted are 0, for the whole list, and numbers up to {long.MaxValue}");
        if (count % 2 != 0 || count > 2 * MostNearKeys)
            return session.RefuseAsync($"ERR invalid keys: accepted are 0 to {MostNearKeys}, each followed by bytes");
        for (var i = FirstKey; i < session.ArgumentCount; i += 2)
        {
            if (session.Argument(i) is var key && !BlockKey.IsValidLength(key.Length))
                return session.RefuseAsync(CommandErrors.KeyLength(key.Length));
            if (!TryParse(session.Argument(i + 1), out _))
                return session.RefuseAsync($"ERR invalid bytes: accepted are 0 to {long.MaxValue}");
        }

        for (var i = FirstKey; i < session.ArgumentCount; i += 2)
        {
            TryParse(session.Argument(i + 1), out var bytes);
            session.Store.NoteNearRead(session.Argument(i), bytes);
        }

        Reply(session, session.Services.Heat.List, session.Services.Map.Current, number);
        return ValueTask.CompletedTask;
    }

    private static void Reply(Session session, HotList list, ClusterMap map, long number)
    {
        var output = session.Output;
        output.WriteArrayHeader(ReplyLength);
        output.WriteInteger(list.Number);
        output.WriteInteger((long)session.Store.Heat.All.FastBytes);
        if (number == list.Number)
        {
            output.WriteNull();
            return;
        }

        output.WriteArrayHeader(list.Blocks.Length);
        foreach (var block in list.Blocks)
        {
            output.WriteArrayHeader(EntryLength);
            output.WriteBulk(block.Key.Span);
            output.WriteSimpleString(Encoding.ASCII.GetBytes(block.Version.ToString()));
            output.WriteInteger(block.Length);
            output.WriteInteger(block.BytesPerSecond);
            var holders = block.Holders.Select(life => map.IndexOf(life)).Where(index => index >= 0).ToList();
            output.WriteArrayHeader(holders.Count);
            foreach (var holder in holders)
                output.WriteBulk(map.Silos[holder].DataPlane.ToString());
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number >= 0;
}
