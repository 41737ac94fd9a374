using System.Diagnostics;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Heat;

/// <summary>A block that everybody reads, over three silos in processes of their own that make no copies but of what is hot.</summary>
[Collection(HeavyLoad.Name)]
public sealed class HotBlockTests
{
    private const string Key = "kv:m/prompt";

    private static readonly string Content = new('p', 64 << 10);

    [Fact]
    public async Task HotBlock_IsHeldByAllSilos_AndByItsOwnerAloneWhenItCools()
    {
        await using var trio = await StartAsync();
        await using (var readers = HotReaders.Start(trio.Silos.Take(1), Key, Content))
        {
            await SpreadAsync(trio);
            await readers.StopAsync();
            Assert.Equal((null, 0), (readers.Wrong, readers.Misses));
        }

        Assert.Equal(2, Sum(trio, "hot_copies_made"));
        await Eventually.HoldsAsync(() => Sum(trio, "extra_blocks") == 0 && Sum(trio, "hot_blocks") == 0, "the copies are gone");
        Assert.Equal(1, Sum(trio, "blocks"));
    }

    [Fact]
    public async Task HotBlock_WhoseOwnerIsKilled_IsReadOnAndStaysHot()
    {
        await using var trio = await StartAsync();
        await using var readers = HotReaders.Start(trio.Silos, Key, Content);
        await SpreadAsync(trio);

        var owner = trio.Silos.Single(silo => SiloTrio.Told(silo, "hot_blocks") == "1");
        owner.Kill();
        var left = trio.Silos.Where(silo => silo != owner).ToList();
        await trio.AgreeAsync(left);
        await Eventually.HoldsAsync(() => left.Sum(silo => Number(silo, "hot_blocks")) == 1, "the new owner has it on its list");
        var reads = readers.Reads;
        await Eventually.HoldsAsync(() => readers.Reads > reads + 100, "it is read on");
        await readers.StopAsync();
        Assert.Equal((null, 0), (readers.Wrong, readers.Misses));
    }

    [Fact]
    public async Task HotBlock_WhoseCopysSiloIsKilled_IsReadOnAndSpreadsToItWhenItIsBack()
    {
        await using var trio = await StartAsync();
        await using var readers = HotReaders.Start(trio.Silos, Key, Content);
        await SpreadAsync(trio);

        var copy = trio.Silos.ToList().FindIndex(silo => SiloTrio.Told(silo, "extra_blocks") == "1");
        trio.Silos[copy].Kill();
        await trio.AgreeAsync(trio.Silos.Where((_, index) => index != copy).ToList());
        await trio.RestartAsync(copy);
        await trio.AgreeAsync(trio.Silos);
        await Eventually.HoldsAsync(() => Sum(trio, "blocks") == 3, "all silos hold it again");
        await readers.StopAsync();
        Assert.Equal((null, 0), (readers.Wrong, readers.Misses));
    }

    [Fact]
    public async Task HotBlock_ThatIsDeleted_IsServedByNobodyFromThenOn()
    {
        await using var trio = await StartAsync();
        await using var readers = HotReaders.Start(trio.Silos, Key, Content);
        await SpreadAsync(trio);

        using (var probe = new RespProbe(trio.Silos[0].Port))
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(":1\r\n", probe.Ask("DEL", Key));
            TestContext.Current.SendDiagnosticMessage($"Deleted everywhere after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms.");
        }

        foreach (var silo in trio.Silos)
        {
            using var probe = new RespProbe(silo.Port, buffer: 1 << 20);
            Assert.Equal("$-1\r\n", probe.Ask("GET", Key));
        }

        var (reads, misses) = (readers.Reads, readers.Misses);
        await Eventually.HoldsAsync(() => readers.Misses > misses + 300, "everybody misses it");
        // One of each reader may have been under way.
        Assert.InRange(readers.Reads - reads, 0, 3);
        Assert.Equal((0, 0), (Sum(trio, "extra_blocks"), Sum(trio, "hot_blocks")));
        Assert.Null(readers.Wrong);
    }

    private static async Task<SiloTrio> StartAsync()
    {
        var trio = await SiloTrio.StartAsync("--KvOrleans:Copies:AfterReuse", "1");
        using var probe = new RespProbe(trio.Silos[0].Port, buffer: 1 << 20);
        Assert.Equal("+OK\r\n", probe.Ask("SET", Key, Content));
        return trio;
    }

    private static Task SpreadAsync(SiloTrio trio) =>
        Eventually.HoldsAsync(() => Sum(trio, "extra_blocks") == 2 && Sum(trio, "hot_blocks") == 1, "all three silos hold it");

    private static long Sum(SiloTrio trio, string name) => trio.Silos.Sum(silo => Number(silo, name));

    private static long Number(SiloProcess silo, string name) => long.TryParse(SiloTrio.Told(silo, name), out var number) ? number : 0;
}
