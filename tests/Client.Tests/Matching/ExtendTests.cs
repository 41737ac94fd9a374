using KvOrleans.Client.Matching;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Client.Tests.Matching;

public sealed class ExtendTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(7);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task ExtendAsync_EverySiloGrants_ReturnsAllAndTheShortest()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2, clock: _clock);
        var match = await MatchAsync(cluster);
        Answer(cluster["b"], 4000);

        Assert.Equal(64, await match.ExtendAsync(TimeSpan.FromSeconds(9)));

        Assert.Equal(TimeSpan.FromSeconds(4), match.Lease);
        Assert.Equal(64, match.LeasedBlocks);
        foreach (var silo in cluster.Silos)
        {
            var asked = silo.Heard.First(heard => heard.Command[0] == "KV.EXTEND");
            Assert.Equal("9000", asked.Command[2]);
            Assert.Equal(silo.Heard.First(heard => heard.Command[0] == "KV.MATCH").Connection, asked.Connection);
        }
    }

    [Fact]
    public async Task ExtendAsync_ALeaseHadEnded_KeepsTheRunBeforeItsBlocksAndReleasesTheRest()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2, clock: _clock);
        var match = await MatchAsync(cluster);
        var first = FirstOf(match, cluster, out var other);
        Answer(other, 0);

        Assert.Equal(first, await match.ExtendAsync(Lease));

        Assert.Equal((first, 64), (match.LeasedBlocks, match.Blocks.Count));
        var kept = cluster.Silos.Single(silo => silo != other);
        Assert.Equal(["KV.RELEASE", "1", $"{first}"], (await kept.HearAsync(command => command[0] == "KV.RELEASE")).Command);
        Assert.Equal(first, await match.ExtendAsync(Lease));
        await cluster.Client.ReleaseAsync(match);
        Assert.Equal(["KV.RELEASE", "1"], (await kept.HearAsync(command => command[0] == "KV.RELEASE" && command.Length == 2)).Command);
        Assert.DoesNotContain(other.Heard, heard => heard.Command[0] == "KV.RELEASE");
        Assert.Equal(0, match.LeasedBlocks);
    }

    [Fact]
    public async Task ExtendAsync_ASiloRefusesOrIsSilent_CountsWithTheLeaseThatItHad()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2, clock: _clock);
        var match = await MatchAsync(cluster);
        var first = FirstOf(match, cluster, out var other);
        other.Script = (_, command) => Task.FromResult(command[0] == "KV.EXTEND");
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(64, await match.ExtendAsync(TimeSpan.FromSeconds(20), TestClient.Short));
        Assert.Equal(TimeSpan.FromSeconds(5), match.Lease);

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(first, await match.ExtendAsync(TimeSpan.FromSeconds(20), TestClient.Short));
        Assert.Equal(TimeSpan.FromSeconds(20), match.Lease);
    }

    [Fact]
    public async Task ExtendAsync_TheConnectionHasEnded_NothingIsLeased()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1, clock: _clock);
        var match = await MatchAsync(cluster);
        cluster["a"].Dispose();
        var left = 1;
        await Probes.Eventually.HoldsAsync(async () => (left = await match.ExtendAsync(Lease)) == 0, "it is known that the connection has ended");

        Assert.Equal((0, TimeSpan.Zero, 0), (left, match.Lease, match.LeasedBlocks));
    }

    [Fact]
    public async Task ExtendAsync_WrongArguments_AreRefused()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1, clock: _clock);
        var match = await MatchAsync(cluster);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await match.ExtendAsync(TimeSpan.Zero));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await match.ExtendAsync(Lease, cancellationToken: cancelled.Token));
        Assert.Equal(64, await match.ExtendAsync(Lease, TimeSpan.Zero));
        await cluster.Client.ReleaseAsync(match);
        Assert.Equal(0, await match.ExtendAsync(Lease));
        Assert.DoesNotContain(cluster["a"].Heard, heard => heard.Command[0] == "KV.EXTEND");
    }

    private static async Task<PrefixMatch> MatchAsync(ScriptedCluster cluster)
    {
        var chain = TestClient.Chain(64);
        // On a busy machine another silo may be asked as well.
        foreach (var silo in cluster.Silos)
            silo.ElsewhereMap = 1;
        foreach (var key in chain)
            cluster.HoldersOf(key)[0].Put(System.Text.Encoding.Latin1.GetString(key.Span), new byte[1]);
        var match = await cluster.Client.MatchAsync(chain, Lease);
        Assert.Equal((64, Lease), (match.Blocks.Count, match.Lease));
        return match;
    }

    /// <summary>Where the silo that does not have the first block comes in.</summary>
    private static int FirstOf(PrefixMatch match, ScriptedCluster cluster, out ScriptedSilo other)
    {
        var chain = match.Blocks.Select(block => block.Key).ToArray();
        var first = Array.FindIndex(chain, key => Rendezvous.OwnerOf(key, cluster.Map) != Rendezvous.OwnerOf(chain[0], cluster.Map));
        other = cluster.HoldersOf(chain[first])[0];
        return first;
    }

    private static void Answer(ScriptedSilo silo, int milliseconds) => silo.Script = async (connection, command) =>
    {
        if (command[0] != "KV.EXTEND")
            return false;
        await connection.SendAsync($":{milliseconds}\r\n");
        return true;
    };
}
