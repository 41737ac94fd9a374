using System.Net;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Heat;

/// <summary>The client library over three silos in processes of their own: it reads a hot block where there is less to do, or near itself.</summary>
[Collection(HeavyLoad.Name)]
public sealed class HotClientTests
{
    private const int Length = 64 << 10;

    private const string Name = "kv:m/prompt";

    private static readonly BlockKey Key = BlockKey.From(Name);
    private static readonly BlockKey[] Chain = [Key];
    private static readonly MatchOptions Certain = new() { Certain = true };

    [Fact]
    public async Task HotBlock_IsReadFromAllItsHolders()
    {
        await using var trio = await SiloTrio.StartAsync("--KvOrleans:Copies:AfterReuse", "1");
        await using var client = await ConnectAsync(trio, nearCacheBytes: 0);
        await WriteAsync(client);
        var before = trio.Silos.ToDictionary(silo => silo, _ => 0L);
        await Eventually.HoldsAsync(async () =>
        {
            await ReadAsync(client);
            return trio.Silos.All(silo => Number(silo, "extra_blocks") + Number(silo, "hot_blocks") == 1);
        }, "all silos hold it");
        await Eventually.HoldsAsync(async () =>
        {
            for (var i = 0; i < 30; i++)
                await ReadAsync(client);
            return trio.Silos.All(silo => Number(silo, "keyspace_hits") > before[silo] + 30);
        }, "all silos serve it");
    }

    [Fact]
    public async Task NearBlock_ThatIsDeleted_IsServedNoMoreWithinASecond()
    {
        await using var trio = await SiloTrio.StartAsync("--KvOrleans:Copies:AfterReuse", "1");
        await using var client = await ConnectAsync(trio, nearCacheBytes: 64 << 20);
        await WriteAsync(client);
        await Eventually.HoldsAsync(async () =>
        {
            await ReadAsync(client);
            return trio.Silos.Sum(silo => Number(silo, "hot_blocks")) == 1;
        }, "it is hot");
        await Eventually.HoldsAsync(async () =>
        {
            var served = Hits(trio);
            for (var i = 0; i < 20; i++)
                await ReadAsync(client);
            return Hits(trio) - served < 5;
        }, "it is read near the client");

        using var probe = new RespProbe(trio.Silos[0].Port);
        Assert.Equal(":1\r\n", probe.Ask("DEL", Name));
        var deleted = System.Diagnostics.Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(async () =>
        {
            await using var match = await client.MatchAsync(Chain, options: Certain);
            return match.Blocks.Count == 0;
        }, "nobody has it");
        TestContext.Current.SendDiagnosticMessage($"Gone near the client after {System.Diagnostics.Stopwatch.GetElapsedTime(deleted).TotalMilliseconds:F0} ms.");
        for (var i = 0; i < 20; i++)
        {
            await using var match = await client.MatchAsync(Chain);
            Assert.Empty(match.Blocks);
        }
    }

    private static async Task<PrefixCacheClient> ConnectAsync(SiloTrio trio, long nearCacheBytes)
    {
        var options = new PrefixCacheClientOptions { NearCacheBytes = nearCacheBytes };
        foreach (var silo in trio.Silos)
            options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(Eventually.Deadline);
        return client;
    }

    private static async Task WriteAsync(PrefixCacheClient client) =>
        Assert.True((await client.WriteAsync(Chain, new ReadOnlyMemory<byte>[] { Content() })).Single().IsStored);

    private static async Task ReadAsync(PrefixCacheClient client)
    {
        await using var match = await client.MatchAsync(Chain, options: Certain);
        Assert.Single(match.Blocks);
        var destination = new byte[Length];
        Assert.Equal(1, await client.ReadAsync(match, new Memory<byte>[] { destination }));
        Assert.Equal(Content(), destination);
    }

    private static byte[] Content() => [.. Enumerable.Range(0, Length).Select(i => (byte)i)];

    private static long Hits(SiloTrio trio) => trio.Silos.Sum(silo => Number(silo, "keyspace_hits"));

    private static long Number(SiloProcess silo, string name) => long.TryParse(SiloTrio.Told(silo, name), out var number) ? number : 0;
}
