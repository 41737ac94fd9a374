using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane what it says of itself.</summary>
internal static class StatusReader
{
    private const int LongestInfo = 1 << 20;

    /// <summary>The silo's report; not reached when it does not answer in time.</summary>
    public static async Task<SiloReport> ReadAsync(SiloLink link, CallDeadline deadline)
    {
        try
        {
            return new(link.Silo, true, await link.Pool.AskAsync(connection => AskAsync(connection, deadline.Token), deadline.Token).ConfigureAwait(false));
        }
        catch (Exception)
        {
            return new(link.Silo, false, new Dictionary<string, string>());
        }
    }

    /// <summary>The <c>name:value</c> lines of an <c>INFO</c> reply; comments and anything else are left out.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string info)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith("#") && line.IndexOf(':') is var colon and > 0)
                values[line[..colon].ToString()] = line[(colon + 1)..].ToString();
        }

        return values;
    }

    private static async Task<IReadOnlyDictionary<string, string>> AskAsync(SiloConnection connection, CancellationToken cancellationToken)
    {
        connection.Output.WriteArrayHeader(1);
        connection.Output.WriteBulk("INFO"u8);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.BulkString || line.Number > LongestInfo)
            throw new RespProtocolException($"a text was expected, a {line.Type} came");
        var text = new byte[line.Number];
        for (var got = 0; got < text.Length;)
            got += await connection.Replies.ReadPayloadAsync(text.AsMemory(got), cancellationToken).ConfigureAwait(false);
        await connection.Replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return Parse(Encoding.UTF8.GetString(text));
    }
}
