using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Clients;

/// <summary>Debian's python3-redis as it is; the script holds the checks.</summary>
[Collection(SharedSilo.Name)]
public sealed class PythonClientTests(SiloFixture silo)
{
    [Fact]
    public async Task Script_WithPythonRedis_FindsEverythingRight()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Python", "redis_client.py");

        var shown = await Tool.RunAsync("python3 python3-redis", "/usr/bin/python3", [script, $"{silo.Port}"]);

        Assert.Equal("all right\n", shown);
    }
}
