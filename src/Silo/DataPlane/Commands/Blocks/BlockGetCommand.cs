using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Commands.Strings;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Storage;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Blocks;

/// <summary><c>KV.GET key [VERSION version]</c></summary>
internal sealed class BlockGetCommand : DataPlaneCommand
{
    public override string Name => "KV.GET";

    public override int Arity => -2;

    public override string Syntax => "key [VERSION version]";

    public override string Summary => "Returns a block's version, checksum and bytes; with VERSION, only that content.";

    public override string Group => "kv";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session)
    {
        BlockVersion wanted = default;
        if (session.ArgumentCount > 2
            && (session.ArgumentCount != 4 || !Ascii.EqualsIgnoreCase(session.Argument(2), "VERSION"u8)
                || !BlockVersion.TryParse(session.Argument(3), out wanted)))
        {
            session.Output.WriteError(CommandErrors.Syntax);
            return ValueTask.CompletedTask;
        }

        var found = session.Store.TryOpen(session.Argument(1), out var block);
        if (found && !wanted.IsNone && block.Version != wanted)
        {
            block.Dispose();
            found = false;
        }

        session.Services.Counters.Found(found);
        if (!found)
        {
            session.Output.WriteNullArray();
            return ValueTask.CompletedTask;
        }

        WriteHeader(session.Output, block);
        return GetCommand.ReplyAsync(session, block);
    }

    private static void WriteHeader(RespOutput output, in OpenBlock block)
    {
        output.WriteArrayHeader(3);
        Span<byte> version = stackalloc byte[BlockVersion.MaxTextLength];
        block.Version.TryFormat(version, out var length, default, null);
        output.WriteSimpleString(version[..length]);
        Span<byte> checksum = stackalloc byte[16];
        block.Checksum.Value.TryFormat(checksum, out _, "x16");
        output.WriteSimpleString(checksum);
    }
}
