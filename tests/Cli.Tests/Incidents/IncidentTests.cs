using System.Net;
using KvOrleans.Cli.Incidents;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Cli.Tests.Incidents;

public sealed class IncidentTests
{
    [Fact]
    public void ParseKill_SiloAndSeconds_AreRead() =>
        Assert.Equal(new(IncidentKind.Kill, "silo-1", TimeSpan.FromSeconds(2.5)), Incident.ParseKill("silo-1@2.5"));

    [Theory]
    [InlineData("silo-1")]
    [InlineData("@3")]
    [InlineData("silo-1@")]
    [InlineData("silo-1@-1")]
    [InlineData("silo-1@soon")]
    [InlineData("silo-1@1e9")]
    public void ParseKill_AnythingElse_IsRefused(string text) => Assert.Throws<FormatException>(() => Incident.ParseKill(text));

    [Fact]
    public void Progress_AllAgreeAndNothingIsLeft_IsWhole()
    {
        var progress = RepairProgress.Of(Map(2), [Report(7, 0, 0, 10), Report(7, 0, 0, 5)]);

        Assert.Equal(new RepairProgress(2, 7, 0, 0, 15), progress);
        Assert.True(progress.IsWhole);
    }

    [Fact]
    public void Progress_SomethingIsLeft_IsNotWhole()
    {
        Assert.False(RepairProgress.Of(Map(2), [Report(7, 1, 0), Report(7, 0, 0)]).IsWhole);
        Assert.False(RepairProgress.Of(Map(2), [Report(7, 0, 0), Report(7, 0, 1)]).IsWhole);
        Assert.False(RepairProgress.Of(Map(2), [Report(7, 0, 0), Report(8, 0, 0)]).IsWhole);
        Assert.False(RepairProgress.Of(Map(2), [Report(7, 0, 0), Report(7, 0, 0) with { Reached = false }]).IsWhole);
        Assert.False(RepairProgress.Of(Map(2), [Report(7, 0, 0)]).IsWhole);
    }

    private static ClusterMap Map(int silos) => new(7, [.. Enumerable.Range(0, silos).Select(Silo)]);

    private static SiloDescriptor Silo(int number) => new($"silo-{number}", "", 1, new(IPAddress.Loopback, 1), new((ulong)number + 1));

    private static SiloReport Report(long map, long pending, long handoffs, long copied = 0) => new(Silo(0), true, new Dictionary<string, string>
    {
        ["map_id"] = $"{map}",
        ["repair_pending_blocks"] = $"{pending}",
        ["handoff_pending"] = $"{handoffs}",
        ["copied_bytes"] = $"{copied}",
    });
}
