using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Lifecycle;

/// <summary>A silo whose life the cluster has given up goes on in a new one: under its name, with its write-once blocks, without its registers.</summary>
public sealed class NewLifeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Table_LostToAll_LeavesBlocksAndNoRegisters(bool restarted)
    {
        await using var trio = await SiloTrio.StartAsync();
        var lives = trio.Silos.Select(silo => SiloTrio.Told(silo, "life")).ToArray();
        var (register, block) = (new List<(SiloProcess, string)>(), new List<(SiloProcess, string)>());
        for (var i = 0; i < 60; i++)
        {
            foreach (var silo in trio.Silos)
            {
                if (Set(silo, $"r{i}") == "+OK\r\n")
                    register.Add((silo, $"r{i}"));
                if (Set(silo, $"kv:{i}") == "+OK\r\n")
                    block.Add((silo, $"kv:{i}"));
            }
        }

        Assert.NotEmpty(register);
        Assert.NotEmpty(block);

        if (restarted)
            await trio.LoseTableAsync();
        else
            await Tool.RunAsync("redis-tools", "redis-cli", ["-p", $"{trio.RedisPort}", "FLUSHALL"]);

        await Eventually.HoldsAsync(
            () => trio.Silos.Zip(lives).All(one => SiloTrio.Told(one.First, "life") is { Length: > 0 } life && life != one.Second), "all have new lives");
        await trio.AgreeAsync(trio.Silos);
        await Eventually.HoldsAsync(() => block.All(one => Ask(one.Item1, "GET", one.Item2) == "$1\r\nv\r\n"), "blocks are served once it is known what was deleted");
        await Eventually.HoldsAsync(() => register.All(one => Ask(one.Item1, "GET", one.Item2) == "$-1\r\n"), "registers are served, and are not there");
    }

    [Fact]
    public async Task Silo_PausedUntilItIsDeclaredDead_ComesBackUnderItsName()
    {
        await using var trio = await SiloTrio.StartAsync();
        var paused = trio.Silos[2];
        var life = SiloTrio.Told(paused, "life");
        Assert.Contains("+OK\r\n", Enumerable.Range(0, 60).Select(i => Set(paused, $"kv:{i}")));

        paused.Pause();
        await trio.AgreeAsync([.. trio.Silos.Take(2)]);
        paused.Resume();

        await trio.AgreeAsync(trio.Silos);
        Assert.NotEqual(life, SiloTrio.Told(paused, "life"));
        Assert.Equal("c", SiloTrio.Told(paused, "silo_name"));
        await Eventually.HoldsAsync(
            () => Enumerable.Range(0, 60).Any(i => Ask(paused, "GET", $"kv:{i}") == "$1\r\nv\r\n"), "its blocks are served once it is known what was deleted");
        paused.SendTerminate();
        Assert.Equal(0, await paused.ExitAsync());
    }

    [Fact]
    public async Task Terminate_WhileANewLifeCannotBegin_ExitsWithSuccess()
    {
        await using var trio = await SiloTrio.StartAsync();
        var silo = trio.Silos[2];
        silo.Pause();
        await trio.AgreeAsync([.. trio.Silos.Take(2)]);

        silo.Resume();
        await Eventually.HoldsAsync(() => silo.Written.Contains("a new life begins", StringComparison.Ordinal), "its life is over");
        silo.SendTerminate();

        Assert.Equal(0, await silo.ExitAsync());
    }

    private static string Set(SiloProcess silo, string key) => Ask(silo, "SET", key, "v");

    private static string Ask(SiloProcess silo, params string[] command)
    {
        using var probe = new RespProbe(silo.Port);
        return probe.Ask(command);
    }
}
