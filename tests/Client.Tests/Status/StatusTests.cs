using System.Net;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Tests.Status;

public sealed class StatusTests
{
    [Fact]
    public async Task GetStatusAsync_OneSiloIsDead_SaysSoLongBeforeTheDeadline()
    {
        using var answering = new ScriptedSilo("a");
        await using var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, answering.Descriptor, ScriptedCluster.Refusing("b")) });
        await client.WaitUntilReadyAsync(TestClient.Long);
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var reports = await client.GetStatusAsync(TestClient.Long);

        Assert.Equal([true, false], reports.Select(report => report.Reached));
        Assert.True(watch.Elapsed < TestClient.Soon);
    }

    [Fact]
    public async Task GetStatusAsync_OneSiloAnswersAndOneDoesNot_SaysSo()
    {
        using var answering = new ScriptedSilo("a");
        using var silent = new ScriptedSilo("b");
        await using var client = await TestClient.OfAsync(answering, silent);
        silent.Script = (_, command) => Task.FromResult(command[0] == "INFO");

        var reports = await client.GetStatusAsync(TestClient.Moderate);

        Assert.Equal(["a", "b"], reports.Select(report => report.Silo.Name));
        Assert.Equal([true, false], reports.Select(report => report.Reached));
        Assert.Equal(new Dictionary<string, string> { ["silo_name"] = "one", ["blocks"] = "3" }, reports[0].Values);
        Assert.Empty(reports[1].Values);
    }
}
