using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Grains.Heat;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Heat;

/// <summary>From whom a silo fetches a hot block for a plain client.</summary>
public sealed class HotDetourTests
{
    [Fact]
    public async Task Choose_OfHolders_TakesAnotherThanTheOwner_AndWhoeverAsksGetsTheBlockAllTheSame()
    {
        await using var silos = await SilosUnderTest.StartAsync(3, ("Copies:AfterReuse", "1"));
        var (reader, owner, other) = (silos[0], silos[1], silos[2]);
        var key = silos.KeyOf(owner, "kv:hot/");
        using var probe = reader.Connect();
        probe.Ask("SET", key, "value");

        var told = new HotBlock(BlockKey.From(key), new(1, owner.Map.Life, 1), 5, 1, [owner.Map.Life, other.Map.Life]);
        reader.Services.GetRequiredService<HotLists>().Take(owner.Map.Life, new(1, [told]));
        var chooser = reader.Services.GetRequiredService<HotHolders>();
        var router = reader.Services.GetRequiredService<KeyRouter>();
        var chosen = Enumerable.Range(0, 200).Select(_ => chooser.Choose(told.Key, router.Route(told.Key))?.Life).ToList();
        Assert.InRange(chosen.Count(life => life == other.Map.Life), 50, 150);
        Assert.Equal(200, chosen.Count(life => life is null || life == other.Map.Life));

        // The other has no such block, and says so; its owner has it.
        for (var i = 0; i < 20; i++)
            Assert.Equal("$5\r\nvalue\r\n", probe.Ask("GET", key));
    }

    [Fact]
    public async Task Choose_ListOfAnother_OrOfASiloThatIsGone_IsNotUsed()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        var key = BlockKey.From(silos.KeyOf(silos[1], "kv:hot/"));
        var lists = silos[0].Services.GetRequiredService<HotLists>();
        var life = silos[1].Map.Life;
        var block = new HotBlock(key, new(1, life, 1), 5, 1, [life, silos[0].Map.Life]);
        lists.Take(silos[0].Map.Life, new(1, [block]));
        Assert.Null(lists.Find(life, key));
        lists.Take(new(99), new(1, [block]));
        Assert.Null(lists.Find(new(99), key));
        lists.Take(life, new(1, [block]));
        Assert.NotNull(lists.Find(life, key));
        lists.Take(life, HotList.None);
        Assert.NotNull(lists.Find(life, key));
        lists.Take(life, new(2, []));
        Assert.Null(lists.Find(life, key));
    }
}
