using System.Text;
using KvOrleans.Silo.DataPlane.Commands.Server;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary><c>HELLO [protover [AUTH username password] [SETNAME clientname]]</c></summary>
internal sealed class HelloCommand : DataPlaneCommand
{
    public override string Name => "HELLO";

    public override int Arity => -1;

    public override string Syntax => "[protover [AUTH username password] [SETNAME clientname]]";

    public override string Summary => "Says who the server is and chooses the protocol.";

    public override string Group => "connection";

    public override bool NeedsNoAuthentication => true;

    public override ValueTask ExecuteAsync(Session session)
    {
        if (TryApply(session) is { } error)
            session.Output.WriteError(error);
        else
            Describe(session, session.Output);
        return ValueTask.CompletedTask;
    }

    private static string? TryApply(Session session)
    {
        var protocol = session.Output.Protocol;
        if (session.ArgumentCount > 1)
        {
            var asked = session.Argument(1);
            if (!CanonicalInteger.TryParse(asked, out var version))
                return "ERR Protocol version is not an integer or out of range";
            if (version is not ((int)RespProtocol.Resp2 or (int)RespProtocol.Resp3))
                return "NOPROTO unsupported protocol version";
            protocol = (RespProtocol)version;
        }

        var name = session.Name;
        var authenticated = session.IsAuthenticated;
        for (var i = 2; i < session.ArgumentCount;)
        {
            var option = session.Argument(i);
            if (Ascii.EqualsIgnoreCase(option, "AUTH"u8) && i + 2 < session.ArgumentCount)
            {
                if (!Credentials.AreRight(session, session.Argument(i + 1), session.Argument(i + 2)))
                    return Credentials.Wrong;
                authenticated = true;
                i += 3;
            }
            else if (Ascii.EqualsIgnoreCase(option, "SETNAME"u8) && i + 1 < session.ArgumentCount)
            {
                if (!ClientNames.TryRead(session.Argument(i + 1), out name))
                    return ClientNames.Invalid;
                i += 2;
            }
            else
            {
                return $"ERR Syntax error in HELLO option '{CommandErrors.Shown(option)}'";
            }
        }

        if (!authenticated)
            return "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time";
        session.IsAuthenticated = true;
        session.Name = name;
        session.Output.Protocol = protocol;
        return null;
    }

    private static void Describe(Session session, RespOutput output)
    {
        output.WriteMapHeader(7);
        output.WriteBulk("server"u8);
        output.WriteBulk("redis"u8);
        output.WriteBulk("version"u8);
        output.WriteBulk(ServerIdentity.RedisVersion);
        output.WriteBulk("proto"u8);
        output.WriteInteger((int)output.Protocol);
        output.WriteBulk("id"u8);
        output.WriteInteger(session.Id);
        output.WriteBulk("mode"u8);
        output.WriteBulk("standalone"u8);
        output.WriteBulk("role"u8);
        output.WriteBulk("master"u8);
        output.WriteBulk("modules"u8);
        output.WriteArrayHeader(0);
    }
}
