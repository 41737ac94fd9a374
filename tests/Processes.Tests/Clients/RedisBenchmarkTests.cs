using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Clients;

/// <summary><c>redis-benchmark</c> as it is.</summary>
[Collection(SharedSilo.Name)]
public sealed class RedisBenchmarkTests(SiloFixture silo)
{
    [Theory]
    [InlineData("-n 20000 -P 16 -c 8 -r 1000 -d 64 -t ping,set,get")]
    [InlineData("-n 5000 -P 1 -c 4 -d 4096 -t ping,set,get")]
    [InlineData("-n 400 -P 16 -c 4 -r 16 -d 262144 -t set,get")]
    [InlineData("-3 -n 5000 -P 16 -c 8 --threads 2 -t set,get")]
    public async Task Run_OfSupportedTests_MeetsNoError(string options)
    {
        var shown = await Tool.RunAsync("redis-tools", "redis-benchmark", ["-p", $"{silo.Port}", "-q", .. options.Split(' ')]);

        Assert.Contains("GET: ", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("rror", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", shown, StringComparison.Ordinal);
    }
}
