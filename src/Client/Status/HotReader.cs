using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Heat;
using KvOrleans.Wire;

namespace KvOrleans.Client.Status;

/// <summary>Asks a silo's data plane for the whole list of its hot blocks.</summary>
internal static class HotReader
{
    /// <summary>What the silo says; a failure when it does not answer in time, or does not know the question.</summary>
    public static async Task<SiloHotReport> ReadAsync(SiloLink link, CallDeadline deadline)
    {
        try
        {
            return await link.Pool.AskAsync(connection => AskAsync(link, connection, deadline.Token), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HotException or RespProtocolException)
        {
            return Failed(link, error.Message);
        }
        catch (Exception)
        {
            return Failed(link, "does not answer");
        }
    }

    private static SiloHotReport Failed(SiloLink link, string why) => new(link.Silo, why, 0, []);

    private static async Task<SiloHotReport> AskAsync(SiloLink link, SiloConnection connection, CancellationToken cancellationToken)
    {
        var question = new HotQuestion(connection);
        return await question.TryAskAsync(0, [], cancellationToken).ConfigureAwait(false) is { } list
            ? new(link.Silo, null, list.SentBytes, [.. (list.Blocks ?? []).Select(Describe)])
            : Failed(link, "answered: " + question.Refusal.Text);
    }

    private static HotBlockReport Describe(HotEntry block) => new(block.Key, block.Version.ToString(), block.Length, block.BytesPerSecond, block.Holders);
}
