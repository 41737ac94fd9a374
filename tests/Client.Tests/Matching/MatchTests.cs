using System.Diagnostics;
using System.Globalization;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;

namespace KvOrleans.Client.Tests.Matching;

public sealed class MatchTests
{
    [Fact]
    public async Task MatchAsync_AllIsThere_ReturnsTheChainAndReleasesOnTheSameConnection()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 256);

        var match = await client.MatchAsync(TestClient.Chain(256), TimeSpan.FromSeconds(7));
        await client.ReleaseAsync(match);
        await client.ReleaseAsync(match);
        await match.DisposeAsync();

        Assert.Equal(256, match.Blocks.Count);
        Assert.Equal(TimeSpan.FromSeconds(7), match.Lease);
        Assert.Equal(silo.Blocks["kv:m/0042"].Version, match.Blocks[0x42].Version);
        Assert.Equal(0x42, match.Blocks[0x42].Length);
        Assert.Equal(TestClient.Chain(256)[0x42], match.Blocks[0x42].Key);
        var asked = Assert.Single(silo.Heard, heard => heard.Command[0] == "KV.MATCH");
        var released = Assert.Single(silo.Heard, heard => heard.Command[0] == "KV.RELEASE");
        Assert.Equal("7000", asked.Command[1]);
        Assert.Equal(["KV.RELEASE", "1"], released.Command);
        Assert.Equal(asked.Connection, released.Connection);
    }

    [Fact]
    public async Task DisposeAsync_OfAMatch_ReleasesIt()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 2);

        await using (await client.MatchAsync(TestClient.Chain(2)))
        {
        }

        Assert.Equal(["KV.RELEASE", "1"], (await silo.HearAsync(command => command[0] == "KV.RELEASE")).Command);
    }

    [Fact]
    public async Task MatchAsync_AGap_CutsThereAndReleasesWhatIsBehind()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 3);
        Fill(silo, 4, 6);

        await using var match = await client.MatchAsync(TestClient.Chain(10));

        Assert.Equal(3, match.Blocks.Count);
        Assert.True(match.IsComplete);
        Assert.Equal(["KV.RELEASE", "1", "3"], (await silo.HearAsync(command => command[0] == "KV.RELEASE")).Command);
    }

    [Fact]
    public async Task MatchAsync_FirstIsAbsent_IsEmptyAndReleasesAll()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 1, 5);

        var match = await client.MatchAsync(TestClient.Chain(5));

        Assert.Empty(match.Blocks);
        Assert.Equal(["KV.RELEASE", "1"], (await silo.HearAsync(command => command[0] == "KV.RELEASE")).Command);
    }

    [Fact]
    public async Task MatchAsync_SeveralSilos_CutsAtTheLeadingRunOverAllAndReleasesTheRest()
    {
        using var first = new ScriptedSilo("a");
        using var second = new ScriptedSilo("b");
        using var third = new ScriptedSilo("c");
        ScriptedSilo[] silos = [first, second, third];
        await using var client = await TestClient.OfAsync(silos);
        var map = ScriptedControlPlane.MapOf(1, first.Descriptor, second.Descriptor, third.Descriptor);
        var chain = TestClient.Chain(64);
        foreach (var silo in silos)
            Fill(silo, 0, 64);
        const int Gap = 40;
        var ownerOfGap = silos[Rendezvous.OwnerOf(chain[Gap], map)];
        ownerOfGap.Blocks.TryRemove($"kv:m/{Gap:x4}", out _);

        var match = await client.MatchAsync(chain);

        Assert.Equal(Gap, match.Blocks.Count);
        for (var i = 0; i < silos.Length; i++)
        {
            var asked = Assert.Single(silos[i].Heard, heard => heard.Command[0] == "KV.MATCH").Command[2..];
            Assert.All(asked, key => Assert.Equal(i, Rendezvous.OwnerOf(BlockKey.From(key), map)));
            var kept = asked.Count(key => string.CompareOrdinal(key, $"kv:m/{Gap:x4}") < 0);
            var released = await silos[i].HearAsync(command => command[0] == "KV.RELEASE");
            Assert.Equal(["KV.RELEASE", "1", kept.ToString(CultureInfo.InvariantCulture)], released.Command);
        }

        await client.ReleaseAsync(match);
        Assert.All(silos, silo => Assert.Equal(2, silo.Heard.Count(heard => heard.Command[0] == "KV.RELEASE")));
    }

    [Fact]
    public async Task MatchAsync_OneOfSeveralSilosDoesNotAnswerAndNobodyElseHasItsBlocks_ReturnsTheRunBeforeThem()
    {
        using var first = new ScriptedSilo("a");
        using var second = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(first, second);
        var map = ScriptedControlPlane.MapOf(1, first.Descriptor, second.Descriptor);
        var chain = TestClient.Chain(64);
        var (answering, silent) = Rendezvous.OwnerOf(chain[0], map) == 0 ? (first, second) : (second, first);
        for (var i = 0; i < 64; i++)
        {
            if (Rendezvous.OwnerOf(chain[i], map) == Rendezvous.OwnerOf(chain[0], map))
                answering.Put($"kv:m/{i:x4}", new byte[i]);
        }

        silent.Script = (_, command) => Task.FromResult(command[0] == "KV.MATCH");
        answering.ElsewhereMap = 1;
        var expected = chain.TakeWhile(key => Rendezvous.OwnerOf(key, map) == Rendezvous.OwnerOf(chain[0], map)).Count();

        var match = await client.MatchAsync(chain, deadline: TestClient.Long);

        Assert.Equal(expected, match.Blocks.Count);
        Assert.True(match.IsComplete);
    }

    [Fact]
    public async Task MatchAsync_ReplyComesTooLate_IsEmptyAndItsLeaseIsReleasedAndOthersGoOn()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 2);
        var returned = new TaskCompletionSource();
        silo.Script = async (_, command) =>
        {
            if (command[0] == "KV.MATCH" && command.Length == 4)
                await returned.Task;
            return false;
        };
        var watch = Stopwatch.StartNew();

        var late = client.MatchAsync(TestClient.Chain(2), deadline: TestClient.Short).AsTask();
        var patient = client.MatchAsync(TestClient.Chain(1)).AsTask();
        Assert.Empty((await late).Blocks);
        Assert.InRange(watch.Elapsed, TestClient.Short / 2, TestClient.Soon);
        returned.SetResult();

        Assert.Single((await patient).Blocks);
        Assert.Equal(["KV.RELEASE", "1"], (await silo.HearAsync(command => command[0] == "KV.RELEASE")).Command);
        Assert.Equal(TestClient.ConnectionsAtFirst, silo.ConnectionCount);
    }

    [Fact]
    public async Task MatchAsync_CallerCancels_Throws()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (_, command) => Task.FromResult(command[0] == "KV.MATCH");
        using var cancelling = new CancellationTokenSource();

        var match = client.MatchAsync(TestClient.Chain(2), cancellationToken: cancelling.Token).AsTask();
        await silo.HearAsync(command => command[0] == "KV.MATCH");
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => match);
    }

    [Theory]
    [InlineData("-ERR no\r\n")]
    [InlineData("*3\r\n:1\r\n:2\r\n$-1\r\n")]
    [InlineData("*4\r\n:1\r\n:2\r\n+nonsense\r\n$-1\r\n")]
    [InlineData("*4\r\n:1\r\n:2\r\n+1-0000000000000001-1-0 -5\r\n$-1\r\n")]
    [InlineData("*4\r\n+x\r\n:2\r\n$-1\r\n$-1\r\n")]
    public async Task MatchAsync_ReplyIsNone_IsEmptyAndTheNextIsNot(string reply)
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 2);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.MATCH")
                return false;
            await connection.SendAsync(reply);
            return true;
        };

        Assert.Empty((await client.MatchAsync(TestClient.Chain(2))).Blocks);
        silo.Script = null;
        Assert.Equal(2, (await client.MatchAsync(TestClient.Chain(2))).Blocks.Count);
    }

    [Fact]
    public async Task MatchAsync_SiloLeasesWhatItDoesNotSayItHas_IsReleased()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.MATCH")
                return false;
            await connection.SendAsync("*4\r\n:77\r\n:5000\r\n:1\r\n:1\r\n");
            return true;
        };

        Assert.Empty((await client.MatchAsync(TestClient.Chain(2))).Blocks);
        Assert.Equal(["KV.RELEASE", "77"], (await silo.HearAsync(command => command[0] == "KV.RELEASE")).Command);
    }

    [Fact]
    public async Task MatchAsync_ManyAtOnce_EachGetsItsOwn()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 40);

        var counts = await Task.WhenAll(Enumerable.Range(1, 200).Select(async i =>
        {
            await using var match = await client.MatchAsync(TestClient.Chain((i % 60) + 1));
            return match.Blocks.Count;
        }));

        Assert.Equal(Enumerable.Range(1, 200).Select(i => Math.Min((i % 60) + 1, 40)), counts);
        Assert.Equal(TestClient.ConnectionsAtFirst, silo.ConnectionCount);
    }

    [Fact]
    public async Task MatchAsync_LongChain_IsAskedForInSeveralRequests()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        Fill(silo, 0, 9000);

        var match = await client.MatchAsync(TestClient.Chain(10_000));
        await client.ReleaseAsync(match);

        Assert.Equal(9000, match.Blocks.Count);
        var asked = silo.Heard.Count(heard => heard.Command[0] == "KV.MATCH");
        Assert.Equal(4, asked);
        Assert.Equal(10_000, silo.Heard.Where(heard => heard.Command[0] == "KV.MATCH").Sum(heard => heard.Command.Length - 2));
    }

    [Fact]
    public async Task MatchAsync_LongChainOverSeveralSilos_AsksEachOwnerForEachKeyOnce()
    {
        using var first = new ScriptedSilo("a");
        using var second = new ScriptedSilo("b");
        using var third = new ScriptedSilo("c");
        ScriptedSilo[] silos = [first, second, third];
        await using var client = await TestClient.OfAsync(silos);
        var map = ScriptedControlPlane.MapOf(1, first.Descriptor, second.Descriptor, third.Descriptor);
        string[] keys = [.. Enumerable.Range(0, 1000).Select(i => $"kv:m/{new string('0', 400)}{i:x4}")];
        BlockKey[] chain = [.. keys.Select(BlockKey.From)];
        foreach (var silo in silos)
        {
            foreach (var key in keys)
                silo.Put(key, new byte[1]);
        }

        var match = await client.MatchAsync(chain);
        await client.ReleaseAsync(match);

        Assert.Equal(chain, match.Blocks.Select(block => block.Key));
        Assert.True(match.IsComplete);
        for (var i = 0; i < silos.Length; i++)
        {
            // Where a silo is slow others are asked for its keys too.
            var asked = silos[i].Heard.Where(heard => heard.Command[0] == "KV.MATCH").SelectMany(heard => heard.Command[2..]).Select(BlockKey.From);
            Assert.Equal(chain.Where(key => Rendezvous.OwnerOf(key, map) == i), asked.Where(key => Rendezvous.OwnerOf(key, map) == i));
        }
    }

    [Fact]
    public async Task MatchAsync_NothingToAsk_AsksNothing()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        Assert.Empty((await client.MatchAsync(default)).Blocks);
        Assert.Empty((await client.MatchAsync(TestClient.Chain(1), deadline: TimeSpan.Zero)).Blocks);
        Assert.Empty(silo.Heard);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.MatchAsync(new BlockKey[1]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.MatchAsync(TestClient.Chain(1), TimeSpan.Zero));
    }

    [Fact]
    public async Task MatchAsync_ChainIsTooLong_SaysWhatIsAccepted()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await client.MatchAsync(TestClient.Chain(65_537)));

        Assert.StartsWith("A chain has at most 65536 blocks, this one has 65537.", error.Message, StringComparison.Ordinal);
        Assert.Empty((await client.MatchAsync(TestClient.Chain(65_536))).Blocks);
    }

    private static void Fill(ScriptedSilo silo, int from, int to)
    {
        for (var i = from; i < to; i++)
            silo.Put($"kv:m/{i:x4}", new byte[i]);
    }
}
