using KvOrleans.Cli.Silos;

namespace KvOrleans.Cli.Tests.Silos;

public sealed class SiloProcessOptionsTests
{
    [Fact]
    public void Arguments_OfTheFirstSilo_NameItsOptions() =>
        Assert.Equal(
            "--KvOrleans:SiloName a --KvOrleans:Zone z --KvOrleans:Memory:Bytes 1024 --KvOrleans:DataPlane:Port 1 --KvOrleans:SiloPort 2 --KvOrleans:GatewayPort 3 --KvOrleans:Http:Port 4 --KvOrleans:StopWithInput true --KvOrleans:ClusterId c",
            string.Join(' ', new SiloProcessOptions("a", "z", 1024, 1, 2, 3, 4, new(2, null, "c")).Arguments()));

    [Fact]
    public void Arguments_OfAnother_NameTheFirst() =>
        Assert.EndsWith("--KvOrleans:PrimarySilo 127.0.0.1:9", string.Join(' ', new SiloProcessOptions("b", "z", 1024, 1, 2, 3, 4, new(9, null, "c")).Arguments()));

    [Fact]
    public void Arguments_WithRedis_NameItAndTheCluster() =>
        Assert.EndsWith(
            "--KvOrleans:ClusterId c --KvOrleans:Clustering Redis --KvOrleans:Redis localhost:6379",
            string.Join(' ', new SiloProcessOptions("b", "z", 1024, 1, 2, 3, 4, new(9, "localhost:6379", "c")).Arguments()));

    [Fact]
    public void Arguments_WithOtherOptions_NameThemLast() =>
        Assert.EndsWith(
            "--KvOrleans:PrimarySilo 127.0.0.1:9 --KvOrleans:Copies:Share 0 --KvOrleans:ReadOnly ",
            string.Join(' ', new SiloProcessOptions("b", "z", 1024, 1, 2, 3, 4, new(9, null, "c")) { Others = [new("Copies:Share", "0"), new("ReadOnly", "")] }.Arguments()));

    [Theory]
    [InlineData("Copies:Share=0", "Copies:Share", "0")]
    [InlineData("Keys:Overwritable=a=b", "Keys:Overwritable", "a=b")]
    [InlineData("Zone=", "Zone", "")]
    public void ParseOption_NameAndValue_AreRead(string text, string name, string value) => Assert.Equal(new(name, value), SiloOption.Parse(text));

    [Theory]
    [InlineData("Copies:Share")]
    [InlineData("=0")]
    [InlineData("--Zone=a")]
    [InlineData("Copies Share=0")]
    public void ParseOption_AnythingElse_IsRefused(string text) => Assert.Throws<FormatException>(() => SiloOption.Parse(text));

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
