using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Operating;

/// <summary><c>kvo config</c> against silos in processes of their own, one of which is configured otherwise.</summary>
public sealed class ConfigTests
{
    [Fact]
    public async Task Config_OneOfThreeIsConfiguredOtherwise_SaysWhichAndWhat()
    {
        await using var trio = await SiloTrio.StartAsync("--KvOrleans:Leases:MaxShare", "0.4");
        await using var odd = await SiloProcess.StartAsync(
            "--KvOrleans:SiloName", "odd", "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"127.0.0.1:{trio.RedisPort}", "--KvOrleans:Leases:MaxShare", "0.3");

        var (code, config, error) = await Kvo.AskAsync([trio.Silos[0]], "config");

        Assert.True(code == 0, error);
        var options = config.GetProperty("options").EnumerateArray().ToDictionary(option => option.GetProperty("name").GetString()!);
        Assert.Equal(["Leases:MaxShare"], options.Values.Where(option => option.GetProperty("differs").GetBoolean()).Select(option => option.GetProperty("name").GetString()));
        var values = options["Leases:MaxShare"].GetProperty("values").EnumerateArray()
            .Select(value => $"{value.GetProperty("value")} {value.GetProperty("isDefault")} {string.Join(' ', value.GetProperty("silos").EnumerateArray())}");
        Assert.Equal(["0.4 False a b c", "0.3 False odd"], values);
        Assert.Equal("set", options["Redis"].GetProperty("values")[0].GetProperty("value").GetString());
        Assert.DoesNotContain($":{trio.RedisPort}", config.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Tombstones:Maximum", options.Keys);

        Assert.Contains("Tombstones:Maximum", (await Kvo.RunAsync([trio.Silos[0]], null, "config", "odd")).Output, StringComparison.Ordinal);
    }
}
