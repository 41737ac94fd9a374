using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>CLIENT ID | GETNAME | SETNAME | SETINFO | INFO | LIST | NO-EVICT | NO-TOUCH</c></summary>
internal sealed class ClientCommand(SessionRegistry sessions) : DataPlaneCommand
{
    private const int ShownArgument = 64;

    public override string Name => "CLIENT";

    public override int Arity => -2;

    public override string Syntax => "ID | GETNAME | SETNAME name | SETINFO attribute value | INFO | LIST | NO-EVICT ON|OFF | NO-TOUCH ON|OFF";

    public override string Summary => "Names connections and lists them.";

    public override string Group => "connection";

    public override ValueTask ExecuteAsync(Session session)
    {
        var output = session.Output;
        var count = session.ArgumentCount;
        if (Is(session, "ID") && count == 2)
            output.WriteInteger(session.Id);
        else if (Is(session, "GETNAME") && count == 2 && session.Name.Length == 0)
            output.WriteNull();
        else if (Is(session, "GETNAME") && count == 2)
            output.WriteBulk(session.Name);
        else if (Is(session, "SETNAME") && count == 3)
            SetName(session);
        else if ((Is(session, "SETINFO") && count == 4) || ((Is(session, "NO-EVICT") || Is(session, "NO-TOUCH")) && count == 3))
            output.WriteSimpleString("OK"u8);
        else if (Is(session, "INFO") && count == 2)
            output.WriteBulk(Describe(session, session));
        else if (Is(session, "LIST"))
            output.WriteBulk(string.Concat(sessions.All.Select(other => Describe(other, session))));
        else
            output.WriteError($"ERR unknown subcommand or wrong number of arguments for '{Shown(session.Argument(1))}'. Accepted: {Syntax}.");
        return ValueTask.CompletedTask;
    }

    private static void SetName(Session session)
    {
        if (!ClientNames.TryRead(session.Argument(2), out var name))
        {
            session.Output.WriteError(ClientNames.Invalid);
            return;
        }

        session.Name = name;
        session.Output.WriteSimpleString("OK"u8);
    }

    private static bool Is(Session session, string subcommand) => Ascii.EqualsIgnoreCase(session.Argument(1), subcommand);

    private static string Shown(ReadOnlySpan<byte> argument) => Encoding.UTF8.GetString(argument[..Math.Min(argument.Length, ShownArgument)]);

    private static string Describe(Session session, Session asking)
    {
        var age = (long)asking.Services.Time.GetElapsedTime(session.CreatedAt).TotalSeconds;
        return $"id={session.Id} addr={session.Remote} laddr={session.Local} name={session.Name} age={age} db=0 cmd={session.LastCommand} user=default resp={(int)session.Output.Protocol}\n";
    }
}
