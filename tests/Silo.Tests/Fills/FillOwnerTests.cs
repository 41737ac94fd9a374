using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Fills;

/// <summary>Only a key's owner says who computes it.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class FillOwnerTests(TwoSilos fixture)
{
    private SilosUnderTest Silos => fixture.Silos;

    [Fact]
    public void Fill_OfAnothersKey_IsRefusedWithTheMap()
    {
        using var probe = Silos[0].Connect();
        var (ours, theirs) = (Silos.KeyOf(Silos[0], "kv:fill/"), Silos.KeyOf(Silos[1], "kv:fill/"));

        Assert.Equal($"-NOTOWNER {Silos[0].Map.Current.Id} another silo owns this key; refresh the cluster map\r\n", probe.Ask("KV.FILL", "1000", ours, theirs));
        Assert.Equal(0, Silos[0].Services.GetRequiredService<FillBook>().Count);
        Assert.Equal("*1\r\n:1000\r\n", probe.Ask("KV.FILL", "1000", ours));
        Assert.Equal(":1\r\n", probe.Ask("KV.FILLED", ours, theirs));
    }

    [Fact]
    public void Fill_WrittenThroughAnotherSilo_IsHere()
    {
        using var filler = Silos[0].Connect();
        using var writer = Silos[1].Connect();
        var key = Silos.KeyOf(Silos[0], "kv:fill/written");
        Assert.Equal("*1\r\n:60000\r\n", filler.Ask("KV.FILL", "60000", key));

        Assert.Equal("+OK\r\n", writer.Ask("SET", key, "bytes"));

        Assert.EndsWith(" 5\r\n", filler.Ask("KV.FILL", "60000", key), StringComparison.Ordinal);
        Assert.Equal(0, Silos[0].Services.GetRequiredService<FillBook>().Count);
        Assert.Equal(":1\r\n", writer.Ask("DEL", key));
    }
}
