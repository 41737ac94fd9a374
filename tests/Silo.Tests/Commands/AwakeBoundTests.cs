using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>With few grains allowed awake, writes wait their turn instead of failing.</summary>
public sealed class AwakeBoundTests
{
    private const string Busy = "-BUSY too many decisions are under way, or a silo is leaving; nothing was changed, try again\r\n";

    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    public async Task Writes_OfTenThousandKeys_StayWithinTheBoundAndAreAcceptedOrQuicklyBusy(int bound)
    {
        const int Connections = 10;
        const int Each = 1000;
        await using var silo = await SiloUnderTest.StartAsync(("Grains:MaxAwake", $"{bound}"));
        var most = new int[Connections];
        var replies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => OwnThread.RunAsync(() =>
        {
            using var probe = silo.Connect();
            for (var i = 0; i < Each; i++)
            {
                probe.Send(RespProbe.Frame("SET", $"k{connection}-{i}", "v"));
                most[connection] = Math.Max(most[connection], silo.Awake.Count);
            }

            return probe.ReadReplies(Each);
        })));

        Assert.InRange(most.Max(), 0, bound);
        var accepted = replies.Sum(all => all.Count(reply => reply == "+OK\r\n"));
        var busy = replies.Sum(all => all.Count(reply => reply == Busy));
        Assert.Equal(Connections * Each, accepted + busy);
        // How many wait longer than a write may depends on the machine; that most do not is what waiting is for.
        Assert.True(accepted > busy, $"{accepted} writes were accepted, {busy} were busy");
        await Eventually.HoldsAsync(() => silo.Awake.Count == 0, "every grain sleeps");
        Assert.Equal(accepted, silo.Store.GetStatistics().Blocks);
        Assert.Equal(0, silo.StagedBytes);
    }
}
