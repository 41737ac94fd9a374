using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane for its options.</summary>
internal static class OptionsReader
{
    private const int MostOptions = 512;

    /// <summary>What the silo says; a failure when it does not answer in time, or does not know the question.</summary>
    public static async Task<SiloOptionsReport> ReadAsync(SiloLink link, CallDeadline deadline)
    {
        try
        {
            return await link.Pool.AskAsync(connection => AskAsync(link, connection, deadline.Token), deadline.Token).ConfigureAwait(false);
        }
        catch (RespProtocolException error)
        {
            return Failed(link, error.Message);
        }
        catch (Exception)
        {
            return Failed(link, "does not answer");
        }
    }

    private static SiloOptionsReport Failed(SiloLink link, string why) => new(link.Silo, why, []);

    private static async Task<SiloOptionsReport> AskAsync(SiloLink link, SiloConnection connection, CancellationToken cancellationToken)
    {
        connection.Output.WriteArrayHeader(1);
        connection.Output.WriteBulk("KV.OPTIONS"u8);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var head = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (head.Type == RespReplyType.Error)
            return Failed(link, "answered: " + SiloError.Read(connection.Replies.Text).Text);
        if (head.Type != RespReplyType.Array || head.Number > MostOptions)
            throw new RespProtocolException($"a list of options was expected, a {head.Type} came");
        var options = new List<OptionReport>();
        for (var i = 0; i < head.Number; i++)
            options.Add(OptionOf(await FieldsReader.ReadAsync(connection.Replies, cancellationToken).ConfigureAwait(false)));
        return new(link.Silo, null, options);
    }

    private static OptionReport OptionOf(IReadOnlyDictionary<string, string> fields) => new(
        Field(fields, "name"), Field(fields, "value"), Field(fields, "default"), fields.GetValueOrDefault("secret") == "yes", fields.GetValueOrDefault("own") == "yes");

    private static string Field(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var value) ? value : throw new RespProtocolException($"an option without its {name} came");
}
