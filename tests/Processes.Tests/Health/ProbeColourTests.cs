using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;
using static KvOrleans.Processes.Tests.Health.Readiness;

namespace KvOrleans.Processes.Tests.Health;

/// <summary>What a silo answers to those who start, stop and route to it, when what it needs is away or wrong.</summary>
public sealed class ProbeColourTests
{
    private const string Password = "correct-horse-battery-staple";

    [Fact]
    public async Task Redis_AwayAtStart_IsWaitedForAndNamed()
    {
        var port = FreePorts.Take(1)[0];
        await using var silo = SiloProcess.Begin(InRedis(port, $",password={Password}"));
        await SaysNotReadyAsync(silo, $"the membership table in Redis (127.0.0.1:{port}) cannot be used");

        Assert.Equal((Good, "ok\n"), await silo.ProbeAsync("/healthz"));
        Assert.Equal(Bad, (await silo.ProbeAsync("/startupz")).Status);
        await using var redis = await RedisProcess.StartOnAsync(port, "--requirepass", Password);
        await IsReadyAsync(silo);
        Assert.Equal((Good, "started\n"), await silo.ProbeAsync("/startupz"));
        Assert.DoesNotContain(Password, silo.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_WithAnotherPassword_IsSaidAndNotReady()
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass", "other");
        await using var silo = SiloProcess.Begin(InRedis(redis.Port, $",password={Password}"));

        await SaysNotReadyAsync(silo, "WRONGPASS");

        Assert.Equal(Good, (await silo.ProbeAsync("/healthz")).Status);
        Assert.Equal(Bad, (await silo.ProbeAsync("/startupz")).Status);
        Assert.DoesNotContain(Password, silo.Written, StringComparison.Ordinal);
        silo.SendTerminate();
        Assert.Equal(0, await silo.ExitAsync());
    }

    [Fact]
    public async Task Redis_AwayLater_IsNamedAndCostsReadinessAlone()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(InRedis(redis.Port));

        redis.Pause();
        await SaysNotReadyAsync(silo, $"the membership table in Redis (127.0.0.1:{redis.Port}) has not been read for");
        Assert.Equal(Good, (await silo.ProbeAsync("/healthz")).Status);
        Assert.Equal(Good, (await silo.ProbeAsync("/startupz")).Status);
        redis.Resume();

        await IsReadyAsync(silo);
    }

    [Fact]
    public async Task Stop_WhileRedisIsAway_DoesNotWaitForIt()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(InRedis(redis.Port));
        redis.Pause();
        await SaysNotReadyAsync(silo, "has not been read for");

        silo.SendTerminate();

        Assert.Equal(0, await silo.ExitAsync().WaitAsync(TimeSpan.FromSeconds(25)));
    }

    [Fact]
    public async Task Name_OfAnotherSilo_IsWaitedFor()
    {
        await using var redis = await RedisProcess.StartAsync();
        var first = await SiloProcess.StartAsync(InRedis(redis.Port));
        await using var second = SiloProcess.Begin(InRedis(redis.Port));

        await SaysNotReadyAsync(second, "has the name 'one' (KvOrleans:SiloName), which is for one silo; this one waits until it is gone");
        Assert.Equal(Good, (await second.ProbeAsync("/healthz")).Status);
        Assert.Equal(Bad, (await second.ProbeAsync("/startupz")).Status);
        Assert.Contains("has the name 'one'", second.Written, StringComparison.Ordinal);
        Assert.Equal((Good, "ready\n"), await first.ProbeAsync("/readyz"));

        // Nobody is left who could give it up: its heartbeats are missed.
        first.Kill();
        await first.DisposeAsync();
        await IsReadyAsync(second);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task DataPlanePassword_OtherThanThePeers_IsSaidByTheNewcomerAlone(string password)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await SiloProcess.StartAsync([.. InRedis(redis.Port), "--KvOrleans:DataPlane:Password", Password]);
        await using var second = SiloProcess.Begin([.. InRedis(redis.Port), "--KvOrleans:SiloName", "two", "--KvOrleans:DataPlane:Password", password]);

        await SaysNotReadyAsync(second, "the silo one refuses this silo's data-plane password (KvOrleans:DataPlane:Password), which must be the same on all silos");

        Assert.Equal(Good, (await second.ProbeAsync("/healthz")).Status);
        Assert.Equal((Good, "ready\n"), await first.ProbeAsync("/readyz"));
        Assert.DoesNotContain(Password, first.Written + second.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_OfTheProcess_IsRedWhileItLastsAndNotAfterwards()
    {
        await using var silo = await SiloProcess.StartAsync();

        silo.Pause();
        Assert.Equal(0, (await silo.ProbeAsync("/healthz")).Status);
        silo.Resume();

        Assert.Equal((Good, "ok\n"), await silo.ProbeAsync("/healthz"));
    }

    private static string[] InRedis(int port, string more = "") =>
        ["--KvOrleans:SiloName", "one", "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"127.0.0.1:{port}{more}"];
}
