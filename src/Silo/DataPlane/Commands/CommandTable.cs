using System.Text;
using KvOrleans.Silo.DataPlane.Commands.Blocks;
using KvOrleans.Silo.DataPlane.Commands.Connections;
using KvOrleans.Silo.DataPlane.Commands.Keys;
using KvOrleans.Silo.DataPlane.Commands.Server;
using KvOrleans.Silo.DataPlane.Commands.Strings;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands;

/// <summary>All commands, by name in any case. Immutable and thread-safe.</summary>
internal sealed class CommandTable
{
    private const int LongestName = 32;

    private readonly Dictionary<string, DataPlaneCommand>.AlternateLookup<ReadOnlySpan<char>> _byName;

    public CommandTable(SessionRegistry sessions)
    {
        All =
        [
            new GetCommand(), new SetCommand(), new MultiGetCommand(), new StringLengthCommand(),
            new ExistsCommand(), new DeleteCommand("DEL"), new DeleteCommand("UNLINK"),
            new ExpireCommand(), new TimeToLiveCommand("TTL", TimeSpan.TicksPerSecond), new TimeToLiveCommand("PTTL", TimeSpan.TicksPerMillisecond),
            new PingCommand(), new EchoCommand(), new HelloCommand(), new AuthCommand(), new SelectCommand(), new QuitCommand(),
            new ClientCommand(sessions), new ConfigCommand(), new InfoCommand(), new CommandCommand(this), new DatabaseSizeCommand(), new DrainCommand(), new OptionsCommand(),
            new BlockGetCommand(), new BlockSetCommand(), new BlockMatchCommand(), new BlockReleaseCommand(),
            new BlockExtendCommand(), new BlockDigestCommand(), new BlockFillCommand(), new BlockFilledCommand(), new BlockExplainCommand(), new BlockHotCommand(),
            new PeerCommand(), new TraceCommand(), new BlockPullCommand(),
        ];
        for (var i = 0; i < All.Count; i++)
            All[i].Number = i + 1;
        _byName = All.ToDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<DataPlaneCommand> All { get; }

    /// <summary>The command of this name; null when there is none.</summary>
    public DataPlaneCommand? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
            return null;
        Span<char> text = stackalloc char[LongestName];
        return _byName.TryGetValue(text[..Encoding.Latin1.GetChars(name, text)], out var command) ? command : null;
    }
}
