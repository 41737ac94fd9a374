using System.Globalization;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Leasing;

/// <summary>The longest chain of the longest keys that make sense: tens of MB of keys in one match.</summary>
public sealed class LongChainTests
{
    private const int Length = 65_536;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly MatchOptions Certain = new() { Certain = true };
    private static readonly string[] Room = ["--KvOrleans:Memory:Bytes", "512MiB", "--KvOrleans:Leases:MaxShare", "1", "--KvOrleans:Leases:MaxSharePerConnection", "1"];
    private static readonly string Padding = new('p', 480);

    [Fact]
    public async Task MatchAsync_OfOneSilo_FindsTheWholeChain()
    {
        await using var silo = await SiloProcess.StartAsync(Room);
        var options = new PrefixCacheClientOptions();
        options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort));
        await using var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(Patience);

        await AssertFoundAsync(client, 1);
    }

    [Fact]
    public async Task MatchAsync_OfThreeSilos_FindsTheWholeChain()
    {
        await using var trio = await SiloTrio.StartAsync(Room);
        await using var client = await trio.ConnectAsync();

        await AssertFoundAsync(client, 3);
    }

    private static async Task AssertFoundAsync(PrefixCacheClient client, int silos)
    {
        Assert.Equal(silos, (await client.GetMapAsync(Patience)).Silos.Length);
        BlockKey[] keys = [.. Enumerable.Range(0, Length).Select(i => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:long/{i:x5}/{Padding}")))];
        var payloads = Enumerable.Repeat(ReadOnlyMemory<byte>.Empty, Length).ToArray();
        var writes = await client.WriteAsync(keys, payloads, deadline: Patience);
        Assert.All(writes, write => Assert.True(write.IsStored, $"{write.Outcome}"));

        await using var match = await client.MatchAsync(keys, Certain, Patience);

        Assert.Equal((Length, true), (match.Blocks.Count, match.IsComplete));
        Assert.Equal(Length, await match.ExtendAsync(TimeSpan.FromSeconds(30), Patience));
    }
}
