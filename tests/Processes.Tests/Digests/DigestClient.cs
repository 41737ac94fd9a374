using System.Globalization;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Digests;

/// <summary>A client with digests, and blocks whose keys have numbers.</summary>
internal sealed class DigestClient : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private DigestClient(PrefixCacheClient cache) => Cache = cache;

    public PrefixCacheClient Cache { get; }

    public static async Task<DigestClient> ConnectAsync(SiloTrio trio)
    {
        var options = new PrefixCacheClientOptions { DefaultDeadline = Deadline };
        foreach (var silo in trio.Silos)
            options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort));
        var client = new DigestClient(PrefixCacheClient.Connect(options));
        await client.Cache.WaitUntilReadyAsync(Eventually.Deadline);
        await client.RulesOutAsync(trio.Silos.Count);
        return client;
    }

    public static BlockKey KeyOf(string name, int number) => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:{name}/{number:x8}"));

    /// <summary>Waits until so many silos are in the map and what nobody has written is ruled out, whoever owns it.</summary>
    public async Task RulesOutAsync(int silos)
    {
        await Eventually.HoldsAsync(async () => (await Cache.GetMapAsync()).Silos.Length == silos, $"the map has {silos} silos");
        await Eventually.HoldsAsync(
            async () =>
            {
                for (var i = 0; i < 32; i++)
                {
                    if (!(await MatchAsync("nobody", Random.Shared.Next())).IsByDigest)
                        return false;
                }

                return true;
            },
            "all digests are in force");
    }

    public async Task WriteAsync(string name, int number, int bytes, WriteConcern concern = WriteConcern.Local)
    {
        var write = await Cache.WriteAsync(KeyOf(name, number), new byte[bytes], new() { Concern = concern });
        Assert.Equal(BlockWriteOutcome.Accepted, write.Outcome);
    }

    /// <summary>Matches one block, and releases it.</summary>
    public async Task<PrefixMatch> MatchAsync(string name, int number, bool certain = false)
    {
        var match = await Cache.MatchAsync(new[] { KeyOf(name, number) }, new MatchOptions { Certain = certain });
        await match.DisposeAsync();
        return match;
    }

    public ValueTask DisposeAsync() => Cache.DisposeAsync();
}
