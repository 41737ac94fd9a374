using KvOrleans.Cli.Silos;

namespace KvOrleans.Cli.Tests.Silos;

public sealed class SiloProcessOptionsTests
{
    [Fact]
    public void Arguments_OfTheFirstSilo_NameItsOptions() =>
        Assert.Equal(
            "--KvOrleans:SiloName a --KvOrleans:Zone z --KvOrleans:Memory:Bytes 1024 --KvOrleans:DataPlane:Port 1 --KvOrleans:SiloPort 2 --KvOrleans:GatewayPort 3 --KvOrleans:Http:Port 4 --KvOrleans:StopWithInput true",
            string.Join(' ', new SiloProcessOptions("a", "z", 1024, 1, 2, 3, 4, new(2, null, "c")).Arguments()));

    [Fact]
    public void Arguments_OfAnother_NameTheFirst() =>
        Assert.EndsWith("--KvOrleans:PrimarySilo 127.0.0.1:9", string.Join(' ', new SiloProcessOptions("b", "z", 1024, 1, 2, 3, 4, new(9, null, "c")).Arguments()));

    [Fact]
    public void Arguments_WithRedis_NameItAndTheCluster() =>
        Assert.EndsWith(
            "--KvOrleans:Clustering Redis --KvOrleans:Redis localhost:6379 --KvOrleans:ClusterId c",
            string.Join(' ', new SiloProcessOptions("b", "z", 1024, 1, 2, 3, 4, new(9, "localhost:6379", "c")).Arguments()));

    [Fact]
    public void Find_Ports_AreDifferent() => Assert.Equal(12, FreePorts.Find(12).Distinct().Count());

    [Fact]
    public void OutputTail_ManyLines_KeepsTheLast()
    {
        var tail = new OutputTail(2);
        foreach (var line in new[] { "a", "b", null, "c" })
            tail.Add(line);

        Assert.Equal($"b{Environment.NewLine}c", tail.ToString());
    }
}
