using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands;

/// <summary>Error replies, in Redis' words where it has some.</summary>
internal static class CommandErrors
{
    public const string Syntax = "ERR syntax error";
    public const string NotAnInteger = "ERR value is not an integer or out of range";
    public const string OutOfSpace = "OOM out of space: everything in memory is leased, being read or being written; nothing was changed";
    public const string Busy = "BUSY too many decisions are under way, try again";

    private const int ShownArguments = 20;
    private const int ShownBytes = 128;

    public static string KeyLength(int length) => $"ERR invalid key: a key has 1 to {BlockKey.MaxLength} bytes, this one has {length}";

    public static string InvalidExpire(DataPlaneCommand command) => $"ERR invalid expire time in '{command.Name.ToLowerInvariant()}' command";

    public static string Moved(Session session) => $"MOVED {session.Services.Map.Current.Id} another silo owns this key; refresh the cluster map";

    /// <summary>Why the session's command does not run; <paramref name="command"/> is null when it is unknown.</summary>
    public static string Of(Session session, DataPlaneCommand? command) =>
        !session.IsAuthenticated && command?.NeedsNoAuthentication != true ? "NOAUTH Authentication required."
        : command is null ? Unknown(session)
        : $"ERR wrong number of arguments for '{command.Name.ToLowerInvariant()}' command";

    private static string Unknown(Session session)
    {
        var text = new StringBuilder($"ERR unknown command '{Shown(session.Argument(0))}', with args beginning with: ");
        for (var i = 1; i < Math.Min(session.ArgumentCount, ShownArguments); i++)
            text.Append($"'{Shown(session.Argument(i))}' ");
        return text.ToString();
    }

    private static string Shown(ReadOnlySpan<byte> argument) => Encoding.UTF8.GetString(argument[..Math.Min(argument.Length, ShownBytes)]);
}
