using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>With few grains allowed awake, writes wait their turn instead of failing.</summary>
public sealed class AwakeBoundTests
{
    private const string Busy = "-BUSY too many decisions are under way, try again\r\n";

    [Theory]
    [InlineData(16, true)]
    [InlineData(256, false)]
    public async Task Writes_OfTenThousandKeys_StayWithinTheBoundAndAreAcceptedOrQuicklyBusy(int bound, bool mayBeBusy)
    {
        const int Connections = 10;
        const int Each = 1000;
        await using var silo = await SiloUnderTest.StartAsync(("Grains:MaxAwake", $"{bound}"));
        var most = 0;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                most = Math.Max(most, silo.Awake.Count);
        });

        var replies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(() =>
        {
            using var probe = silo.Connect();
            for (var i = 0; i < Each; i++)
                probe.Send(RespProbe.Frame("SET", $"k{connection}-{i}", "v"));
            return probe.ReadReplies(Each);
        })));

        await done.CancelAsync();
        await watching;
        Assert.InRange(most, 1, bound);
        var accepted = replies.Sum(all => all.Count(reply => reply == "+OK\r\n"));
        var busy = replies.Sum(all => all.Count(reply => reply == Busy));
        Assert.Equal(Connections * Each, accepted + busy);
        Assert.True(mayBeBusy || busy == 0, $"{busy} writes were busy");
        await Eventually.HoldsAsync(() => silo.Awake.Count == 0, "every grain sleeps");
        Assert.Equal(accepted, silo.Store.GetStatistics().Blocks);
        Assert.Equal(0, silo.StagedBytes);
    }
}
