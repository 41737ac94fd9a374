using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands;

/// <summary>Error replies, in Redis' words where it has some.</summary>
internal static class CommandErrors
{
    public const string Syntax = "ERR syntax error";
    public const string NotAnInteger = "ERR value is not an integer or out of range";
    public const string OutOfSpace = "OOM out of space: everything in memory is leased, being read or being written; nothing was changed";
    public const string Busy = "BUSY too many decisions are under way, or a silo is leaving; nothing was changed, try again";
    public const string TryAgain = "TRYAGAIN the silo that may act on this key now cannot be reached, or is not sure of it yet; nothing was changed";
    public const string MayNotServe = "TRYAGAIN this silo may not serve now: it does not know what was deleted or whether its map is old; ask another, or ask again";
    public const string UnknownOutcome = "UNKNOWN the change may have taken effect and may have not";
    private const string NoReplicas = "NOREPLICAS the block is stored, and no second silo has it";

    private const int ShownBytes = 128;

    public static string KeyLength(int length) => $"ERR invalid key: a key has 1 to {BlockKey.MaxLength} bytes, this one has {length}";

    public static string InvalidExpire(DataPlaneCommand command) => $"ERR invalid expire time in '{command.Name.ToLowerInvariant()}' command";

    /// <summary>Another silo owns the key.</summary>
    public static string Moved(Session session) => NotOwner(session.Services.Map.Current.Id);

    /// <summary>Another silo owns the key in the map of this id.</summary>
    public static string NotOwner(long mapId) => $"NOTOWNER {mapId} another silo owns this key; refresh the cluster map";

    /// <summary>The error of a decision that was not made, or not as asked; null when it was made.</summary>
    public static string? OfUndecided(Session session, DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.Moved => Moved(session),
        DecisionOutcome.TryAgain => TryAgain,
        DecisionOutcome.Unknown => UnknownOutcome,
        DecisionOutcome.NotReplicated => NoReplicas,
        DecisionOutcome.OutOfSpace => OutOfSpace,
        DecisionOutcome.Busy or DecisionOutcome.StagingLost => Busy,
        _ => null,
    };

    /// <summary>Why the session's command does not run; <paramref name="command"/> is null when it is unknown.</summary>
    public static string Of(Session session, DataPlaneCommand? command) =>
        command is null ? Unknown(session)
        : !command.AcceptsCount(session.ArgumentCount) ? WrongCount(command)
        : "NOAUTH Authentication required.";

    /// <summary>The command, or one of its subcommands, takes another number of arguments.</summary>
    public static string WrongCount(DataPlaneCommand command, string subcommand = "") =>
        $"ERR wrong number of arguments for '{command.Name.ToLowerInvariant()}{(subcommand.Length > 0 ? "|" : "")}{subcommand}' command";

    /// <summary>The first argument names no subcommand.</summary>
    public static string UnknownSubcommand(Session session, DataPlaneCommand command) =>
        $"ERR unknown subcommand '{Shown(session.Argument(1))}'. Accepted: {command.Name} {command.Syntax}.";

    /// <summary>Whether a line of an HTTP request was taken for a command: what follows it is not meant for this port.</summary>
    public static bool IsHttp(Session session) =>
        Ascii.EqualsIgnoreCase(session.Argument(0), "POST"u8) || Ascii.EqualsIgnoreCase(session.Argument(0), "Host:"u8);

    /// <summary>An argument as an error shows it: cut at its first zero, each byte a char.</summary>
    public static string Shown(ReadOnlySpan<byte> argument, int longest = ShownBytes)
    {
        var end = argument.IndexOf((byte)0);
        return Encoding.Latin1.GetString(argument[..Math.Min(end < 0 ? argument.Length : end, longest)]);
    }

    private static string Unknown(Session session)
    {
        var arguments = new StringBuilder();
        for (var i = 1; i < session.ArgumentCount && arguments.Length < ShownBytes; i++)
        {
            var shown = Shown(session.Argument(i), ShownBytes - arguments.Length);
            arguments.Append($"'{shown}' ");
        }

        return $"ERR unknown command '{Shown(session.Argument(0))}', with args beginning with: {arguments}";
    }
}
