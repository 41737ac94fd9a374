using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Errors;
using KvOrleans.Probes;

namespace KvOrleans.Client.Tests.Control;

public sealed class ClusterMapTests
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/1");

    [Fact]
    public async Task GetMapAsync_OldMap_IsNotUsed()
    {
        using var silo = new ScriptedSilo();
        using var other = new ScriptedSilo("other");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(5, silo.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        silo.Put("kv:m/1", [1]);

        control.Map = ScriptedControlPlane.MapOf(4, silo.Descriptor, other.Descriptor);
        await client.GetMapAsync();

        Assert.Single(await client.GetStatusAsync());
    }

    [Fact]
    public async Task GetMapAsync_ClusterWasStartedAnew_ItsMapIsUsed()
    {
        using var silo = new ScriptedSilo();
        using var anew = new ScriptedSilo();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(5, silo.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);

        control.Map = ScriptedControlPlane.MapOf(1, anew.Descriptor);
        await client.GetMapAsync();

        Assert.Equal(anew.Descriptor, Assert.Single(await client.GetStatusAsync()).Silo);
    }

    [Fact]
    public async Task GetMapAsync_NobodyAnswersAtFirst_IsAskedAgainUntilTheDeadline()
    {
        using var silo = new ScriptedSilo();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);

        control.Map = null;
        var asked = control.Asked;
        var asking = client.GetMapAsync(TestClient.Long).AsTask();
        await Eventually.HoldsAsync(() => control.Asked >= asked + 2 || asking.IsCompleted, "it is asked again");
        control.Map = ScriptedControlPlane.MapOf(2, silo.Descriptor);

        Assert.Equal(2, (await asking).Id);
    }

    [Fact]
    public async Task Map_IsAskedForAgain()
    {
        using var silo = new ScriptedSilo();
        using var more = new ScriptedSilo("more");
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) };
        await using var client = TestClient.Of(control, options => options.MapRefresh = TimeSpan.FromMilliseconds(100));
        await client.WaitUntilReadyAsync(TestClient.Long);

        control.Map = ScriptedControlPlane.MapOf(2, silo.Descriptor, more.Descriptor);

        await more.WaitForConnectionsAsync(TestClient.ConnectionsAtFirst);
        Assert.Equal(2, (await client.GetStatusAsync()).Count);
    }

    [Fact]
    public async Task GetMapAsync_AnotherIncarnation_IsUsedWhateverItsId()
    {
        using var silo = new ScriptedSilo();
        using var anew = new ScriptedSilo();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(5, silo.Descriptor) with { Incarnation = 10 } };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);

        control.Map = ScriptedControlPlane.MapOf(1, silo.Descriptor, anew.Descriptor) with { Incarnation = 9 };
        await client.GetMapAsync();
        Assert.Equal(2, (await client.GetStatusAsync()).Count);

        control.Map = ScriptedControlPlane.MapOf(0, anew.Descriptor) with { Incarnation = 9 };
        await client.GetMapAsync();
        Assert.Equal(2, (await client.GetStatusAsync()).Count);
    }

    [Fact]
    public async Task GetMapAsync_AnswerOfAnotherIncarnationWasOnItsWayBeforeTheCurrent_IsNotUsed()
    {
        using var silo = new ScriptedSilo();
        using var lost = new ScriptedSilo();
        var stale = new TaskCompletionSource<ClusterMap>();
        var control = new ScriptedControlPlane
        {
            Map = ScriptedControlPlane.MapOf(5, silo.Descriptor) with { Incarnation = 10 },
            Watch = known => known.Id == 5 ? stale.Task : new TaskCompletionSource<ClusterMap>().Task,
        };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        await Eventually.HoldsAsync(() => control.Watched == 1, "the next map is asked for");
        control.Map = ScriptedControlPlane.MapOf(6, silo.Descriptor, lost.Descriptor) with { Incarnation = 10 };
        await client.GetMapAsync();

        stale.SetResult(ScriptedControlPlane.MapOf(99, lost.Descriptor) with { Incarnation = 9 });

        await Eventually.HoldsAsync(() => control.Watched == 2, "the stale answer was taken");
        Assert.Equal(2, (await client.GetStatusAsync()).Count);
    }

    [Fact]
    public async Task Map_IsToldOf()
    {
        using var silo = new ScriptedSilo();
        using var more = new ScriptedSilo("more");
        var next = ScriptedControlPlane.MapOf(2, silo.Descriptor, more.Descriptor);
        var changed = new TaskCompletionSource();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) };
        control.Watch = async known =>
        {
            await (known.Id == 1 ? changed.Task : new TaskCompletionSource().Task);
            return next;
        };
        await using var client = TestClient.Of(control, options => options.MapRefresh = TimeSpan.FromMinutes(10));
        await client.WaitUntilReadyAsync(TestClient.Long);

        changed.SetResult();

        await more.WaitForConnectionsAsync(TestClient.ConnectionsAtFirst);
    }

    [Fact]
    public async Task Map_SiloAnswersAtOnceAlthoughNothingHasChanged_IsNotAskedWithoutEnd()
    {
        using var silo = new ScriptedSilo();
        var map = ScriptedControlPlane.MapOf(1, silo.Descriptor);
        var control = new ScriptedControlPlane { Map = map, Watch = _ => Task.FromResult(map) };
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);

        await Eventually.HoldsAsync(() => control.Watched >= 3, "the silo is asked again");

        Assert.True(watch.Elapsed > TimeSpan.FromMilliseconds(1500));
    }

    [Theory]
    [InlineData(DecisionOutcome.Accepted, true)]
    [InlineData(DecisionOutcome.Absent, false)]
    [InlineData(DecisionOutcome.Conflict, false)]
    public async Task InvalidateAsync_Decision_IsReturned(DecisionOutcome outcome, bool expected)
    {
        await using var client = TestClient.Of(new() { Decision = new(outcome, default) });

        Assert.Equal(expected, await client.InvalidateAsync(Key));
    }

    [Theory]
    [InlineData(DecisionOutcome.Busy, "was not removed")]
    [InlineData(DecisionOutcome.TryAgain, "was not removed")]
    [InlineData(DecisionOutcome.Unknown, "may have been removed")]
    public async Task InvalidateAsync_NoDecision_ThrowsAndSaysToTryAgain(DecisionOutcome outcome, string expected)
    {
        await using var client = TestClient.Of(new() { Decision = new(outcome, default) });

        var error = await Assert.ThrowsAsync<CacheException>(async () => await client.InvalidateAsync(Key));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("ry again", error.Message, StringComparison.Ordinal);
    }
}
