using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Heat;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Storage.Copies;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Heat;

/// <summary>What becomes of an extra copy in a silo that tells its owner of it.</summary>
public sealed class ExtraCopyTests
{
    [Fact]
    public async Task Report_OfACopyWhoseOwnerHasNoSuchBlock_DropsItOnceNobodyHasALeaseOnIt()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        var counters = silos[0].Services.GetRequiredService<HeatCounters>();
        using var probe = silos[0].Connect();
        var leased = Put(silos, "kv:leased/");
        Assert.StartsWith("*3\r\n:1\r\n", probe.Ask("KV.MATCH", "60000", leased), StringComparison.Ordinal);
        var free = Put(silos, "kv:free/");

        // Who is told of the one is told of the other in the same report, and again with the next.
        await Eventually.HoldsAsync(() => !Has(silos[0], free), "the one goes");
        var another = Put(silos, "kv:another/");
        await Eventually.HoldsAsync(() => !Has(silos[0], another), "so does one that came later");
        Assert.True(Has(silos[0], leased));
        await Eventually.HoldsAsync(() => counters.CopiesLetGo == 2, "those two are counted, and no others");
        Assert.Equal(0, silos[1].Services.GetRequiredService<HeatCounters>().CopiesLetGo);

        Assert.Equal(":1\r\n", probe.Ask("KV.RELEASE", "1"));
        await Eventually.HoldsAsync(() => !Has(silos[0], leased), "the other goes");
        await Eventually.HoldsAsync(() => counters.CopiesLetGo == 3, "it is counted once");
    }

    /// <summary>An extra copy of a block that the other silo owns, and does not have.</summary>
    private static string Put(SilosUnderTest silos, string prefix)
    {
        var key = silos.KeyOf(silos[1], prefix);
        using var staged = silos[0].Store.TryStage(5, BlockRole.Extra)!;
        "value"u8.CopyTo(staged.Remaining.Span);
        staged.Advance(5);
        Assert.True(silos[0].Store.TryPublishCopy(Encoding.ASCII.GetBytes(key), staged, new(1, silos[1].Map.Life, 1), null, BlockRole.Extra));
        return key;
    }

    private static bool Has(SiloUnderTest silo, string key) => silo.Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out _);
}
