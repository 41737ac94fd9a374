using KvOrleans.Processes.Tests.Running;
using StackExchange.Redis;

namespace KvOrleans.Processes.Tests.Clients;

/// <summary>StackExchange.Redis with no configuration but the address, in both protocols.</summary>
[Collection(SharedSilo.Name)]
public sealed class StackExchangeRedisTests(SiloFixture silo)
{
    [Theory, InlineData("resp2"), InlineData("resp3")]
    public async Task Strings_SetAndRead_ComeBack(string protocol)
    {
        await using var connection = await ConnectAsync(protocol);
        var database = connection.GetDatabase();

        Assert.True(await database.StringSetAsync("se", "one"));
        Assert.Equal("one", await database.StringGetAsync("se"));
        Assert.False(await database.StringSetAsync("se", "two", TimeSpan.FromMinutes(10), when: When.NotExists));
        Assert.True(await database.StringSetAsync("se", "two", TimeSpan.FromMinutes(10), when: When.Exists));
        Assert.InRange((await database.KeyTimeToLiveAsync("se"))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.True(await database.KeyExpireAsync("se", TimeSpan.FromMinutes(20)));
        Assert.Equal(3, await database.StringLengthAsync("se"));
        Assert.Equal(["two", RedisValue.Null], await database.StringGetAsync(["se", "se-none"]));
        Assert.True(await database.KeyExistsAsync("se"));
        Assert.True(await database.KeyDeleteAsync("se"));
        Assert.False(await database.KeyExistsAsync("se"));
        Assert.True((await database.StringGetAsync("se")).IsNull);
    }

    [Theory, InlineData("resp2"), InlineData("resp3")]
    public async Task Batch_OfAThousand_KeepsOrder(string protocol)
    {
        await using var connection = await ConnectAsync(protocol);
        var batch = connection.GetDatabase().CreateBatch();

        var writes = Enumerable.Range(0, 1000).Select(i => batch.StringSetAsync($"se-{i % 100}", i)).ToArray();
        var reads = Enumerable.Range(0, 100).Select(i => batch.StringGetAsync($"se-{i}")).ToArray();
        batch.Execute();

        Assert.All(await Task.WhenAll(writes), Assert.True);
        Assert.Equal(Enumerable.Range(900, 100).Select(i => (RedisValue)i), await Task.WhenAll(reads));
        Assert.Equal(100, await connection.GetDatabase().KeyDeleteAsync([.. Enumerable.Range(0, 100).Select(i => (RedisKey)$"se-{i}")]));
    }

    [Theory, InlineData("resp2"), InlineData("resp3")]
    public async Task LargeValues_SideBySide_ComeBack(string protocol)
    {
        await using var connection = await ConnectAsync(protocol);
        var database = connection.GetDatabase();
        var values = Enumerable.Range(0, 4).Select(i => new byte[(i + 1) << 20]).ToArray();
        foreach (var value in values)
            Random.Shared.NextBytes(value);

        await Task.WhenAll(values.Select((value, i) => database.StringSetAsync($"se-large-{i}", value)));
        var read = await Task.WhenAll(values.Select((_, i) => database.StringGetAsync($"se-large-{i}")));

        Assert.All(values.Zip(read), pair => Assert.True(pair.First.AsSpan().SequenceEqual((byte[]?)pair.Second)));
    }

    private Task<ConnectionMultiplexer> ConnectAsync(string protocol) =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{silo.Port},protocol={protocol}");
}
