using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Errors;

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

    [Theory]
    [InlineData(DecisionOutcome.Accepted, true)]
    [InlineData(DecisionOutcome.Absent, false)]
    [InlineData(DecisionOutcome.Conflict, false)]
    public async Task InvalidateAsync_Decision_IsReturned(DecisionOutcome outcome, bool expected)
    {
        await using var client = TestClient.Of(new() { Decision = new(outcome, default) });

        Assert.Equal(expected, await client.InvalidateAsync(Key));
    }

    [Fact]
    public async Task InvalidateAsync_SiloIsBusy_Throws()
    {
        await using var client = TestClient.Of(new() { Decision = new(DecisionOutcome.Busy, default) });

        await Assert.ThrowsAsync<CacheException>(async () => await client.InvalidateAsync(Key));
    }
}
