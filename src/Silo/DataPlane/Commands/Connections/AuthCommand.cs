using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>AUTH [username] password</c></summary>
internal sealed class AuthCommand : DataPlaneCommand
{
    private const string NoPassword =
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?";

    public override string Name => "AUTH";

    public override int Arity => -2;

    public override string Syntax => "[username] password";

    public override string Summary => "Authenticates the connection.";

    public override string Group => "connection";

    public override bool NeedsNoAuthentication => true;

    public override ValueTask ExecuteAsync(Session session)
    {
        var named = session.ArgumentCount == 3;
        if (session.ArgumentCount > 3)
            session.Output.WriteError(CommandErrors.Syntax);
        else if (!named && session.Services.Options.DataPlane.Password.Length == 0)
            session.Output.WriteError(NoPassword);
        else if (Credentials.AreRight(session, named ? session.Argument(1) : "default"u8, session.Argument(named ? 2 : 1)))
        {
            session.IsAuthenticated = true;
            session.Output.WriteSimpleString("OK"u8);
        }
        else
            session.Output.WriteError(Credentials.Wrong);

        return ValueTask.CompletedTask;
    }
}
