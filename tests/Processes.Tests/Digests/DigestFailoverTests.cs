using System.Globalization;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Digests;

/// <summary>While a silo joins and another is killed, no digest rules out a block that is there.</summary>
public sealed class DigestFailoverTests(ITestOutputHelper output)
{
    private const int Blocks = 400;

    [Fact]
    public async Task Blocks_WhileASiloJoinsAndOneIsKilled_AreNeverRuledOut()
    {
        await using var trio = await SiloTrio.StartAsync();
        await using var writer = await DigestClient.ConnectAsync(trio);
        await using var reader = await DigestClient.ConnectAsync(trio);
        for (var i = 0; i < Blocks; i++)
            await writer.WriteAsync("kept", i, 16 << 10, WriteConcern.Replicated);
        for (var i = 0; i < Blocks; i++)
            await Eventually.HoldsAsync(async () => (await reader.MatchAsync("kept", i)).Blocks.Count == 1, "it is found");

        using var stop = new CancellationTokenSource();
        var matching = MatchAsync(reader, stop.Token);
        await using var joined = await trio.StartSiloAsync("d");
        await trio.AgreeAsync([.. trio.Silos, joined]);
        await reader.RulesOutAsync(4);
        trio.Silos[1].Kill();
        SiloProcess[] left = [trio.Silos[0], trio.Silos[2], joined];
        await trio.AgreeAsync(left);
        await reader.RulesOutAsync(3);
        await stop.CancelAsync();
        var (matches, ruledOut, missed) = await matching;

        var line = string.Create(CultureInfo.InvariantCulture, $"{matches} matches, {missed} of them found nothing, {ruledOut} by a digest");
        output.WriteLine(line);
        Assert.True(matches > Blocks && ruledOut == 0, line);
        for (var i = 0; i < Blocks; i++)
            Assert.Single((await reader.MatchAsync("kept", i)).Blocks);
    }

    private static async Task<(int Matches, int RuledOut, int Missed)> MatchAsync(DigestClient client, CancellationToken stop)
    {
        var (matches, ruledOut, missed) = (0, 0, 0);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var match = await client.MatchAsync("kept", i % Blocks);
            matches++;
            ruledOut += match is { IsByDigest: true, Blocks.Count: 0 } ? 1 : 0;
            missed += match.Blocks.Count == 0 ? 1 : 0;
        }

        return (matches, ruledOut, missed);
    }
}
