using System.Diagnostics;
using KvOrleans.Client.Filling;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Client.Tests.Filling;

public sealed class GetOrComputeTests
{
    private const int Count = 10;

    private static readonly GetOrComputeOptions Patient = new() { LongestWait = TimeSpan.FromHours(1) };

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(Count)]
    public async Task GetOrComputeAsync_HeadIsThere_ComputesAndWritesTheRest(int head)
    {
        await using var cluster = await ScriptedCluster.StartAsync(3);
        Put(cluster, head);
        var call = new FillCall(cluster.Client, Count);

        var result = await call.RunAsync();

        Assert.Equal(new GetOrComputeResult(head, Count - head, Count - head, Waited: false), result);
        Assert.Equal(head < Count ? 1 : 0, call.Computed);
        foreach (var (key, i) in TestClient.Chain(Count).Select((key, i) => (key, i)))
            Assert.Equal(FillCall.BytesOf(i), cluster.HoldersOf(key)[0].Blocks[TestClient.TextOf(key)].Payload);
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Fills.Keys.Count == 0), "no fill lease is left");
        var chain = TestClient.Chain(Count).Select(TestClient.TextOf).ToList();
        Assert.Equal(
            Enumerable.Range(head, Count - head).Select(i => (chain[i], i == 0 ? "-" : chain[i - 1])),
            cluster.Silos.SelectMany(silo => silo.Heard).Where(heard => heard.Command[0] == "KV.SET")
                .Select(heard => (Key: heard.Command[1], Parent: heard.Command is [.., "PARENT", var parent, _] ? parent : "-")).OrderBy(one => chain.IndexOf(one.Key)));
    }

    [Fact]
    public async Task GetOrComputeAsync_CallersOfOneProcess_OneComputes()
    {
        // Of one silo no block is asked for twice, however late it is.
        await using var cluster = await ScriptedCluster.StartAsync(1);
        Put(cluster, 3);
        var held = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 16).Select(_ => new FillCall(cluster.Client, Count) { Held = held.Task }).ToArray();
        var running = calls.Select(call => call.RunAsync(Patient)).ToArray();
        await Task.WhenAny(calls.Select(call => call.Begun));
        await Eventually.HoldsAsync(() => cluster["a"].Heard.Count(heard => heard.Command[0] == "KV.GET") == 16 * 3, "all have read what is there");

        held.SetResult();
        var results = await Task.WhenAll(running).WaitAsync(TestClient.Long);

        Assert.Equal(1, calls.Sum(call => call.Computed));
        Assert.Single(results, new GetOrComputeResult(3, 7, 7, Waited: false));
        Assert.Equal(15, results.Count(result => result is { Cached: Count, Computed: 0 }));
        Assert.Contains(results, result => result.Waited);
    }

    [Fact]
    public async Task GetOrComputeAsync_AnotherNodeComputes_WaitsAndReads()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        await using var other = await cluster.ConnectAsync();
        var held = new TaskCompletionSource();
        var first = new FillCall(cluster.Client, Count) { Held = held.Task };
        var computing = first.RunAsync(Patient);
        await first.Begun;
        var second = new FillCall(other, Count);
        var waiting = second.RunAsync(Patient);
        var asked = AsksOf(cluster);
        await Eventually.HoldsAsync(() => AsksOf(cluster) > asked + 4, "who waits asks again");
        Assert.False(waiting.IsCompleted);

        held.SetResult();

        Assert.Equal(new(0, Count, Count, Waited: false), await computing);
        Assert.Equal(new(Count, 0, 0, Waited: true), await waiting.WaitAsync(TestClient.Long));
        Assert.Equal(0, second.Computed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrComputeAsync_WhoComputesIsGone_AnotherDoes(bool throws)
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        await using var other = await cluster.ConnectAsync();
        var held = new TaskCompletionSource();
        var first = new FillCall(cluster.Client, Count) { Held = held.Task, Failure = throws ? new InvalidOperationException("no memory") : null };
        var computing = first.RunAsync(Patient);
        await first.Begun;
        var second = new FillCall(other, Count);
        var waiting = second.RunAsync(Patient);
        var asked = AsksOf(cluster);
        await Eventually.HoldsAsync(() => AsksOf(cluster) > asked + 2, "it waits");

        if (throws)
            held.SetResult();
        else
            await cluster.Client.DisposeAsync();

        Assert.Equal(new(0, Count, Count, Waited: true), await waiting.WaitAsync(TestClient.Long));
        if (throws)
        {
            Assert.Equal("no memory", (await Assert.ThrowsAsync<InvalidOperationException>(() => computing)).Message);
            return;
        }

        held.SetResult();
        Assert.Equal(new(0, Count, 0, Waited: false), await computing);
    }

    [Fact]
    public async Task GetOrComputeAsync_OneOfAProcessThrows_AnotherComputes()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var held = new TaskCompletionSource();
        var first = new FillCall(cluster.Client, Count) { Held = held.Task, Failure = new InvalidOperationException() };
        var computing = first.RunAsync(Patient);
        await first.Begun;
        var second = new FillCall(cluster.Client, Count);
        var waiting = second.RunAsync(Patient);

        held.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => computing);
        Assert.Equal(Count, (await waiting.WaitAsync(TestClient.Long)).Written);
    }

    [Fact]
    public async Task GetOrComputeAsync_ComputingTakesLong_LeasesAreRenewed()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var held = new TaskCompletionSource();
        var call = new FillCall(cluster.Client, Count) { Held = held.Task };
        var running = call.RunAsync(new() { FillLease = TimeSpan.FromMilliseconds(150) });
        await call.Begun;
        // Once for the first, then for all that this silo owns.
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Heard.Count(heard => heard.Command[0] == "KV.FILL") >= 4), "each owner is told again and again");
        Assert.Equal(Count, cluster.Silos.Sum(silo => silo.Fills.Keys.Count));

        held.SetResult();
        await running;

        Assert.All(cluster.Silos.SelectMany(silo => silo.Heard).Where(heard => heard.Command[0] == "KV.FILL"), heard => Assert.Equal("150", heard.Command[1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public async Task GetOrComputeAsync_WaitsForTooLong_Computes(int milliseconds)
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        cluster["a"].Fills.Take("kv:m/0000");
        var watch = Stopwatch.StartNew();

        var result = await new FillCall(cluster.Client, Count).RunAsync(new() { LongestWait = TimeSpan.FromMilliseconds(milliseconds) });

        Assert.Equal(new(0, Count, Count, Waited: milliseconds > 0), result);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(milliseconds), TestClient.Soon);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("garbage")]
    [InlineData("gone")]
    [InlineData("unknown")]
    public async Task GetOrComputeAsync_NobodyCanBeAsked_ComputesAtOnce(string how)
    {
        using var silo = new ScriptedSilo();
        var control = new ScriptedControlPlane { Map = how == "unknown" ? null : ScriptedControlPlane.MapOf(1, how == "gone" ? ScriptedCluster.Refusing("silo") : silo.Descriptor) };
        await using var client = TestClient.Of(control);
        if (how != "unknown")
            await client.GetMapAsync();
        silo.Script = async (connection, command) =>
        {
            if (command[0] == "KV.FILL")
                await connection.SendAsync(how == "refused" ? "-ERR unknown command\r\n" : ":0\r\n");
            return command[0] == "KV.FILL";
        };
        var call = new FillCall(client, Count);
        var running = call.RunAsync(new() { Deadline = TestClient.Short });

        await call.Begun.WaitAsync(TestClient.Soon);
        Assert.False((await running).Waited);
    }

    [Fact]
    public async Task GetOrComputeAsync_FirstIsSaidToBeThereAndCannotBeHad_ComputesAfterTwoRounds()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var silo = cluster["a"];
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.FILL")
                return false;
            await connection.SendAsync($"*{command.Length - 2}\r\n" + string.Concat(Enumerable.Repeat("+1-0000000000000001-7-0 100\r\n", command.Length - 2)));
            return true;
        };
        var call = new FillCall(cluster.Client, Count);

        Assert.Equal(new(0, Count, Count, Waited: false), await call.RunAsync());
        Assert.Equal(1, call.Computed);
        Assert.Equal(3, silo.Heard.Count(heard => heard.Command[0] == "KV.MATCH"));
    }

    [Fact]
    public async Task GetOrComputeAsync_NoDigestKnowsYetWhatAnotherHasWritten_ReadsIt()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1, options => options.DigestBytes = 1 << 20, clock: new ManualTimeProvider());
        cluster["a"].Digest = new(cluster.Map.Position) { More = [.. TestClient.Chain(Count).Select(key => $"-{TestClient.TextOf(key)}")] };
        var nobodys = new[] { BlockKey.From("kv:nobody/0") };
        await Eventually.HoldsAsync(async () => (await cluster.Client.MatchAsync(nobodys)).IsByDigest, "the digest is there");
        Put(cluster, Count);

        Assert.Equal(new(Count, 0, 0, Waited: false), await new FillCall(cluster.Client, Count).RunAsync());
    }

    [Fact]
    public async Task GetOrComputeAsync_BlockOfAnotherLengthIsThere_IsComputedAndNotWritten()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        Put(cluster, 2);
        cluster["a"].Put("kv:m/0002", new byte[99]);

        Assert.Equal(new(2, Count - 2, Count - 3, Waited: false), await new FillCall(cluster.Client, Count).RunAsync());
        Assert.Equal(99, cluster["a"].Blocks["kv:m/0002"].Payload.Length);
    }

    [Fact]
    public async Task GetOrComputeAsync_NothingCanBeWritten_GivesUpAndSaysSo()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        cluster["a"].Script = async (connection, command) =>
        {
            if (command[0] == "KV.SET")
                await connection.SendAsync("-OOM out of space\r\n");
            return command[0] == "KV.SET";
        };

        Assert.Equal(new(0, Count, 0, Waited: false), await new FillCall(cluster.Client, Count).RunAsync());
        var (_, given) = await cluster["a"].HearAsync(command => command[0] == "KV.FILLED");
        Assert.Equal(Count, given.Length - 1);
    }

    [Fact]
    public async Task GetOrComputeAsync_KeyHasMoved_AsksTheNewOwner()
    {
        using var old = new ScriptedSilo("old");
        using var owner = new ScriptedSilo("owner");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, old.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        old.Script = async (connection, command) =>
        {
            if (command[0] != "KV.FILL")
                return false;
            control.Map = ScriptedControlPlane.MapOf(2, owner.Descriptor);
            await connection.SendAsync("-NOTOWNER 2\r\n");
            return true;
        };
        var held = new TaskCompletionSource();
        var call = new FillCall(client, Count) { Held = held.Task };
        var running = call.RunAsync();
        await call.Begun;

        Assert.Contains("kv:m/0000", owner.Fills.Keys);
        held.SetResult();
        Assert.Equal(Count, (await running).Written);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrComputeAsync_Cancelled_ThrowsAndGivesUp(bool computes)
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        using var cancel = new CancellationTokenSource();
        if (!computes)
            cluster["a"].Fills.Take("kv:m/0000");
        var call = new FillCall(cluster.Client, Count) { Held = new TaskCompletionSource().Task };
        var running = call.RunAsync(Patient, cancel.Token);
        if (computes)
            await call.Begun;
        else
            await Eventually.HoldsAsync(() => AsksOf(cluster) > 2, "it waits");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(computes ? 1 : 0, call.Computed);
        await Eventually.HoldsAsync(() => cluster["a"].Fills.Keys.Count == (computes ? 0 : 1), "its leases are given up");
    }

    [Fact]
    public async Task GetOrComputeAsync_WrongArguments_Throws()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        var call = new FillCall(client, 0);
        var keys = TestClient.Chain(2);
        var two = new Memory<byte>[] { new byte[1], new byte[1] };

        Assert.Equal(default, await call.RunAsync());
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.GetOrComputeAsync(keys, two.AsMemory(1), Compute));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.GetOrComputeAsync(new BlockKey[2], two, Compute));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.GetOrComputeAsync(new BlockKey[65_537], new Memory<byte>[65_537], Compute));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await client.GetOrComputeAsync(keys, two, null!));
        foreach (var wrong in new GetOrComputeOptions[]
        {
            new() { LongestWait = TimeSpan.FromSeconds(-1) }, new() { LongestWait = TimeSpan.FromHours(2) }, new() { Deadline = TimeSpan.Zero },
            new() { FillLease = TimeSpan.FromMilliseconds(99) }, new() { FillLease = TimeSpan.FromHours(1) }, new() { Write = new() { Condition = WriteCondition.Present } },
        })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await client.GetOrComputeAsync(keys, two, Compute, wrong));
        }

        Assert.Empty(silo.Heard);
        static ValueTask Compute(int from, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private static void Put(ScriptedCluster cluster, int head)
    {
        foreach (var (key, i) in TestClient.Chain(head).Select((key, i) => (key, i)))
            cluster.HoldersOf(key)[0].Put(TestClient.TextOf(key), FillCall.BytesOf(i));
    }

    private static int AsksOf(ScriptedCluster cluster) => cluster.Silos.Sum(silo => silo.Heard.Count(heard => heard.Command[0] == "KV.FILL" && heard.Command.Length == 3));
}
