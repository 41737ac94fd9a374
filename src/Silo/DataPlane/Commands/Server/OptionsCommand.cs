using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>KV.OPTIONS</c>: every option of this silo as it is in force. Of secrets whether they are set.</summary>
internal sealed class OptionsCommand : DataPlaneCommand
{
    public override string Name => "KV.OPTIONS";

    public override int Arity => 1;

    public override string Syntax => "";

    public override string Summary => "Returns every option of this silo as it is in force, and its default; of secrets whether they are set.";

    public override string Group => "kv";

    public override IReadOnlyList<string> Flags => ["readonly", "admin"];

    public override ValueTask ExecuteAsync(Session session)
    {
        var options = OptionCatalog.Of(session.Services.Options);
        session.Output.WriteArrayHeader(options.Count);
        foreach (var option in options)
            Write(session.Output, option);
        return ValueTask.CompletedTask;
    }

    private static void Write(RespOutput output, OptionState option)
    {
        output.WriteMapHeader(5);
        Write(output, "name", option.Name);
        Write(output, "value", option.Value);
        Write(output, "default", option.Default);
        Write(output, "secret", YesNo(option.IsSecret));
        Write(output, "own", YesNo(option.IsOwn));
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static void Write(RespOutput output, string name, string value)
    {
        output.WriteBulk(name);
        output.WriteBulk(value);
    }
}
