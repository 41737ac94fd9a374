using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Client.Tests.Heat;

/// <summary>Scripted silos that say what is hot.</summary>
internal static class HotScript
{
    private const long Much = 1L << 40;

    public static string Text(BlockKey key) => TestClient.TextOf(key);

    /// <summary>The keys that a silo was asked for with a command, in order.</summary>
    public static string[] Keys(ScriptedSilo silo, string command) =>
        [.. silo.Heard.Where(heard => heard.Command[0] == command).SelectMany(heard => command == "KV.MATCH" ? heard.Command[2..] : heard.Command[1..2])];

    public static (BlockKey[] Chain, byte[][] Payloads) Put(ScriptedCluster cluster, string owner, int count)
    {
        var chain = ScriptedCluster.KeysOf(cluster.Map, owner, count);
        var payloads = chain.Select((_, i) => TestClient.Bytes(100, i)).ToArray();
        for (var i = 0; i < count; i++)
            cluster[owner].Put(Text(chain[i]), payloads[i]);
        return (chain, payloads);
    }

    public static async Task<ScriptedCluster> StartAsync(ManualTimeProvider clock, int silos, long digestBytes = 0, LogLines? logging = null, long nearBytes = 0)
    {
        var cluster = await ScriptedCluster.StartAsync(
            silos, options => (options.DigestBytes, options.AsksForHotLists, options.NearCacheBytes) = (digestBytes, true, nearBytes), logging, clock);
        foreach (var silo in cluster.Silos)
            (silo.Hot, silo.Digest) = (new(), new(cluster.Map.Position));
        return cluster;
    }

    /// <summary>The first of the silos lists a block as held by all of them, of which it has much to do, and the client knows it. What was heard until then is forgotten.</summary>
    public static async Task ListAsync(ScriptedCluster cluster, BlockKey key, string silos, bool isThere = true)
    {
        var owner = cluster[silos[..1]];
        owner.Hot!.Sent = Much;
        var version = owner.Blocks[Text(key)].Version;
        owner.Hot.List((Text(key), version, 100, [.. silos.Select(silo => cluster[silo.ToString()])]));
        await KnowAsync(cluster);
        Assert.Equal(isThere, cluster[silos[^1..]].Blocks.ContainsKey(Text(key)));
        foreach (var silo in cluster.Silos)
            silo.Heard.Clear();
    }

    /// <summary>Waits until the client knows the lists as they are now.</summary>
    public static async Task KnowAsync(ScriptedCluster cluster)
    {
        var asked = cluster.Silos.Select(silo => silo.Hot!.Asked).ToArray();
        await cluster.Client.ReadAsync(BlockKey.From("kv:somebody/1"), new byte[1]);
        for (var i = 0; i < asked.Length; i++)
        {
            var (silo, before) = (cluster.Silos[i], asked[i]);
            await Eventually.HoldsAsync(() => silo.Hot!.Asked > before + 2, "the list is known");
        }
    }
}
