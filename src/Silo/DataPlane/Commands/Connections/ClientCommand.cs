using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>CLIENT ID | GETNAME | SETNAME | SETINFO | INFO | LIST | NO-EVICT | NO-TOUCH</c></summary>
internal sealed class ClientCommand(SessionRegistry sessions) : DataPlaneCommand
{
    /// <summary>The subcommands, and how many arguments each takes, the command's and its own name among them.</summary>
    private static readonly (string Name, int Count)[] Subcommands =
        [("id", 2), ("getname", 2), ("setname", 3), ("setinfo", 4), ("info", 2), ("list", -2), ("no-evict", 3), ("no-touch", 3)];

    public override string Name => "CLIENT";

    public override int Arity => -2;

    public override string Syntax => "ID | GETNAME | SETNAME name | SETINFO attribute value | INFO | LIST | NO-EVICT ON|OFF | NO-TOUCH ON|OFF";

    public override string Summary => "Names connections and lists them.";

    public override string Group => "connection";

    public override ValueTask ExecuteAsync(Session session)
    {
        var (name, count) = Subcommands.FirstOrDefault(subcommand => Is(session, 1, subcommand.Name));
        var output = session.Output;
        if (name is null)
            output.WriteError(CommandErrors.UnknownSubcommand(session, this));
        else if (count >= 0 ? session.ArgumentCount != count : session.ArgumentCount < -count)
            output.WriteError(CommandErrors.WrongCount(this, name));
        else
            Reply(session, output, name);
        return ValueTask.CompletedTask;
    }

    private void Reply(Session session, RespOutput output, string subcommand)
    {
        switch (subcommand)
        {
            case "id":
                output.WriteInteger(session.Id);
                break;
            case "getname" when session.Name.Length == 0:
                output.WriteNull();
                break;
            case "getname":
                output.WriteBulk(session.Name);
                break;
            case "setname":
                SetName(session);
                break;
            case "info":
                output.WriteText(Describe(session, session));
                break;
            case "list":
                output.WriteText(string.Concat(sessions.All.Select(other => Describe(other, session))));
                break;
            case "no-evict" or "no-touch" when !Is(session, 2, "on") && !Is(session, 2, "off"):
                output.WriteError(CommandErrors.Syntax);
                break;
            default:
                output.WriteSimpleString("OK"u8);
                break;
        }
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

    private static bool Is(Session session, int index, string word) => Ascii.EqualsIgnoreCase(session.Argument(index), word);

    private static string Describe(Session session, Session asking)
    {
        var age = (long)asking.Services.Time.GetElapsedTime(session.CreatedAt).TotalSeconds;
        return $"id={session.Id} addr={session.Remote} laddr={session.Local} name={session.Name} age={age} db=0 cmd={session.LastCommand} user=default resp={(int)session.Output.Protocol}\n";
    }
}
