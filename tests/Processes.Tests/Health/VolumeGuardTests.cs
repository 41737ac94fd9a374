using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;
using static KvOrleans.Processes.Tests.Health.Readiness;

namespace KvOrleans.Processes.Tests.Health;

/// <summary>A silo whose volume is not its own does not join, says why, and goes on when it is mended.</summary>
public sealed class VolumeGuardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kvorleans-volume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Volume_OfAnotherCluster_KeepsTheSiloOutAndSaysWhoseItIs()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using (var former = await SiloProcess.StartAsync(InRedis(redis, "one", "former")))
        {
            Assert.Contains($"The volume '{_folder}' (KvOrleans:Disk:Paths) is this silo's since ", former.Written, StringComparison.Ordinal);
            Assert.Contains("No blocks are kept on it", former.Written, StringComparison.Ordinal);
            former.SendTerminate();
            Assert.Equal(0, await former.ExitAsync());
        }

        await using var member = await SiloProcess.StartAsync(InRedis(redis, "two", "present")[..^2]);
        await using var silo = SiloProcess.Begin(InRedis(redis, "one", "present"));
        await SaysNotReadyAsync(
            silo, $"The volume '{_folder}' belongs to the silo 'one' of the cluster 'former' (service 'kvorleans'), and this is the silo 'one' of the cluster 'present' (service 'kvorleans')");

        Assert.Equal((Good, "ok\n"), await silo.ProbeAsync("/healthz"));
        Assert.Equal(Bad, (await silo.ProbeAsync("/startupz")).Status);
        Assert.Equal("1", SiloTrio.Told(member, "silos"));
        Assert.Equal((Good, "ready\n"), await member.ProbeAsync("/readyz"));

        silo.SendTerminate();
        Assert.Equal(0, await silo.ExitAsync());

        await using var mended = SiloProcess.Begin(InRedis(redis, "one", "present"));
        await SaysNotReadyAsync(mended, "belongs to the silo 'one' of the cluster 'former'");
        File.Delete(Path.Combine(_folder, "kvorleans-volume.json"));
        await IsReadyAsync(mended);
        Assert.Equal((Good, "started\n"), await mended.ProbeAsync("/startupz"));
        Assert.Equal("2", SiloTrio.Told(member, "silos"));
    }

    [Fact]
    public async Task Volume_InUse_IsWaitedForAndItsProcessNamed()
    {
        var first = await SiloProcess.StartAsync(Alone(_folder));
        await using var second = SiloProcess.Begin(Alone(_folder));

        await SaysNotReadyAsync(second, $"The volume '{_folder}' is in use by process {first.Id} on {Environment.MachineName}");
        Assert.Equal((Good, "ok\n"), await second.ProbeAsync("/healthz"));
        Assert.Equal((Good, "ready\n"), await first.ProbeAsync("/readyz"));

        // The kernel's lock ends with the process, however it ends.
        first.Kill();
        await first.DisposeAsync();
        await IsReadyAsync(second);
    }

    [Fact]
    public async Task Volume_NotMountedYet_IsWaitedFor()
    {
        var path = Path.Combine(_folder, "late");
        await using var silo = SiloProcess.Begin(Alone(path));
        await SaysNotReadyAsync(silo, $"The volume '{path}' is not there");
        Assert.Equal(Bad, (await silo.ProbeAsync("/startupz")).Status);

        Directory.CreateDirectory(path);

        await IsReadyAsync(silo);
        Assert.True(File.Exists(Path.Combine(path, "kvorleans-volume.json")));
    }

    private static string[] Alone(string path) => ["--KvOrleans:SiloName", "one", "--KvOrleans:Disk:Paths:0", path];

    private string[] InRedis(RedisProcess redis, string name, string cluster) =>
    [
        "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"127.0.0.1:{redis.Port}", "--KvOrleans:ClusterId", cluster,
        "--KvOrleans:SiloName", name, "--KvOrleans:Disk:Paths:0", _folder,
    ];
}
