using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>Who may not say <c>KV.DRAIN</c>, and how not. What it does is shown with processes.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class DrainCommandTests(PlainSilo fixture)
{
    [Theory]
    [InlineData("KV.DRAIN NOW", "-ERR syntax error\r\n")]
    [InlineData("KV.DRAIN WAIT 1", "-ERR syntax error\r\n")]
    [InlineData("KV.DRAIN NOW 1", "-ERR syntax error\r\n")]
    public void Drain_WithBadArguments_IsRefusedAndBeginsNothing(string command, string expected)
    {
        using var probe = fixture.Silo.Connect();

        Assert.Equal(expected, probe.Ask(command.Split(' ')));

        Assert.Contains("draining:0\r\n", probe.Ask("INFO", "cluster"), StringComparison.Ordinal);
    }

    [Fact]
    public void Drain_OfASilo_IsRefused()
    {
        using var probe = fixture.Silo.Connect();
        probe.Ask("KV.PEER", "other");

        Assert.Equal("-ERR KV.DRAIN is for operators, not for silos\r\n", probe.Ask("KV.DRAIN"));

        Assert.Contains("draining:0\r\n", probe.Ask("INFO", "cluster"), StringComparison.Ordinal);
    }
}
