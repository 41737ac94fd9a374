using KvOrleans.Client.Filling;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Filling;

/// <summary>Calls of one client for chains that have blocks in common, though not the first.</summary>
public sealed class OverlapTests
{
    private const int Count = 10;
    private const int Later = 3;

    private static readonly GetOrComputeOptions Patient = new() { LongestWait = TimeSpan.FromHours(1) };

    [Fact]
    public async Task GetOrComputeAsync_AnotherCallComputesFromBefore_WaitsAndComputesTheRest()
    {
        await using var cluster = await ScriptedCluster.StartAsync(2);
        var held = new TaskCompletionSource();
        var whole = new FillCall(cluster.Client, Count) { Held = held.Task };
        var computing = whole.RunAsync(Patient);
        await whole.Begun;
        var end = new FillCall(cluster.Client, Count, first: Later);
        var last = TestClient.TextOf(TestClient.Chain(Later + Count)[^1]);
        var waiting = end.RunAsync(Patient);
        await Eventually.HoldsAsync(
            () => cluster.Silos.Any(silo => silo.Heard.Any(heard => heard.Command[0] == "KV.MATCH" && heard.Command.Contains(last))), "it has looked what is there");

        held.SetResult();

        Assert.Equal(new(0, Count, Count, Waited: false), await computing);
        Assert.Equal(Count - Later, (await waiting.WaitAsync(TestClient.Long)).Cached);
        Assert.Equal(Count - Later, end.From);
    }

    [Fact]
    public async Task GetOrComputeAsync_ComputingThrows_KeepsTheLeasesOfAnotherCall()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var fills = cluster["a"].Fills;
        var held = new TaskCompletionSource();
        var end = new FillCall(cluster.Client, Count - Later, first: Later) { Held = held.Task };
        var computing = end.RunAsync(Patient);
        await end.Begun;
        await Eventually.HoldsAsync(() => fills.Keys.Count == Count - Later, "it has its leases");
        var failing = new TaskCompletionSource();
        var whole = new FillCall(cluster.Client, Count) { Held = failing.Task, Failure = new InvalidOperationException() };
        var failed = whole.RunAsync(Patient);
        await whole.Begun;
        await Eventually.HoldsAsync(() => fills.Keys.Count == Count, "the other has its own");

        failing.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);
        await Eventually.HoldsAsync(() => !fills.Keys.Contains("kv:m/0000"), "it gives up its own");
        Assert.Equal(TestClient.Chain(Count)[Later..].Select(TestClient.TextOf), fills.Keys.Order());
        held.SetResult();
        await computing;
        await Eventually.HoldsAsync(() => fills.Keys.Count == 0, "none is left");
    }

    [Fact]
    public async Task GetOrComputeAsync_WhoComputesFromBeforeThrows_TheOtherComputes()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var held = new TaskCompletionSource();
        var whole = new FillCall(cluster.Client, Count) { Held = held.Task, Failure = new InvalidOperationException() };
        var failed = whole.RunAsync(Patient);
        await whole.Begun;
        var end = new FillCall(cluster.Client, Count, first: Later);
        var waiting = end.RunAsync(Patient);

        held.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);
        Assert.Equal(Count, (await waiting.WaitAsync(TestClient.Long)).Written);
    }

    [Fact]
    public async Task GetOrComputeAsync_AnotherCallWaitsForANode_WaitsWithItThroughManyRounds()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var silo = cluster["a"];
        foreach (var key in TestClient.Chain(Later))
            silo.Fills.Take(TestClient.TextOf(key));
        var whole = new FillCall(cluster.Client, Count);
        var first = whole.RunAsync(Patient);
        await Eventually.HoldsAsync(() => AsksOf(silo, 0) > 1, "it waits for another node");
        var end = new FillCall(cluster.Client, Count, first: Later);
        var second = end.RunAsync(Patient);

        for (var i = 0; i < Later; i++)
        {
            await Eventually.HoldsAsync(() => AsksOf(silo, i) > 1, "it waits for the next block");
            silo.Put(TestClient.TextOf(TestClient.Chain(Count)[i]), FillCall.BytesOf(i));
        }

        Assert.Equal(new(Later, Count - Later, Count - Later, Waited: true), await first.WaitAsync(TestClient.Long));
        Assert.Equal(Count - Later, (await second.WaitAsync(TestClient.Long)).Cached);
    }

    private static int AsksOf(ScriptedSilo silo, int index) =>
        silo.Heard.Count(heard => heard.Command[0] == "KV.FILL" && heard.Command.Length == 3 && heard.Command[2] == TestClient.TextOf(TestClient.Chain(Count)[index]));
}
