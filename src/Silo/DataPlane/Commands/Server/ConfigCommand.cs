using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;

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
        if (!Ascii.EqualsIgnoreCase(session.Argument(1), "GET"u8) || session.ArgumentCount < 3)
        {
            session.Output.WriteError("ERR only CONFIG GET is supported; settings are the silo's configuration");
            return ValueTask.CompletedTask;
        }

        var wanted = new List<(string Name, string Value)>();
        foreach (var setting in Settings(session))
        {
            for (var i = 2; i < session.ArgumentCount; i++)
            {
                if (!FileSystemName.MatchesSimpleExpression(Encoding.UTF8.GetString(session.Argument(i)), setting.Name))
                    continue;
                wanted.Add(setting);
                break;
            }
        }

        session.Output.WriteMapHeader(wanted.Count);
        foreach (var (name, value) in wanted)
        {
            session.Output.WriteBulk(name);
            session.Output.WriteBulk(value);
        }

        return ValueTask.CompletedTask;
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
