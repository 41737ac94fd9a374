using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>CONFIG GET pattern [pattern …]</c>: what Redis clients and tools ask for. Settings are changed in the silo's configuration.</summary>
internal sealed class ConfigCommand : DataPlaneCommand
{
    public override string Name => "CONFIG";

    public override int Arity => -2;

    public override string Syntax => "GET pattern [pattern ...]";

    public override string Summary => "Returns settings by Redis' names.";

    public override string Group => "server";

    public override ValueTask ExecuteAsync(Session session)
    {
        if (!Ascii.EqualsIgnoreCase(session.Argument(1), "GET"u8))
            session.Output.WriteError(CommandErrors.UnknownSubcommand(session, this) + " Settings are the silo's configuration.");
        else if (session.ArgumentCount < 3)
            session.Output.WriteError(CommandErrors.WrongCount(this, "get"));
        else
            Write(session.Output, Wanted(session));
        return ValueTask.CompletedTask;
    }

    private static void Write(RespOutput output, List<(string Name, string Value)> settings)
    {
        output.WriteMapHeader(settings.Count);
        foreach (var (name, value) in settings)
        {
            output.WriteBulk(name);
            output.WriteBulk(value);
        }
    }

    /// <summary>What is asked for by its name is answered by that name, in whatever case; each setting once.</summary>
    private static List<(string Name, string Value)> Wanted(Session session)
    {
        var settings = Settings(session);
        var wanted = new List<(string Name, string Value)>();
        for (var i = 2; i < session.ArgumentCount; i++)
        {
            var asked = Encoding.UTF8.GetString(session.Argument(i));
            var isPattern = asked.AsSpan().ContainsAny('*', '?');
            foreach (var (name, value) in settings)
            {
                if (FileSystemName.MatchesSimpleExpression(asked, name) && !wanted.Exists(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                    wanted.Add((isPattern ? name : asked, value));
            }
        }

        return wanted;
    }

    private static (string Name, string Value)[] Settings(Session session)
    {
        var options = session.Services.Options;
        return
        [
            ("appendonly", "no"),
            ("databases", "1"),
            ("maxclients", Text(options.DataPlane.MaxConnections)),
            ("maxmemory", Text(session.Store.GetStatistics().ArenaBytes)),
            ("maxmemory-policy", "allkeys-lru"),
            ("port", Text(options.DataPlane.Port)),
            ("proto-max-bulk-len", Text(session.Store.MaxBlockBytes)),
            ("save", ""),
            ("timeout", "0"),
        ];
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
