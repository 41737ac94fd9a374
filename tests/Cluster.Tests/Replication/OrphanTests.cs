using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Digests;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Replication;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Cluster.Tests.Replication;

/// <summary>Blocks whose parent is gone from three silos, or is not.</summary>
public sealed class OrphanTests
{
    private static readonly ReplicationSettings Settings = new() { OrphanInterval = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task Parent_ThatIsGoneFromTheCluster_LeavesOrphans_UntilItIsThereAgain()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3, replication: Settings);
        var chain = Enumerable.Range(0, 60).Select(i => $"kv:m/{i}").ToList();
        await WriteAsync(cluster, chain);
        await SoughtAsync(cluster);
        Assert.Equal(0, cluster.Silos.Sum(silo => silo.Store.GetStatistics().Orphans));

        var head = Owner(cluster, chain[0]);
        Assert.True(head.Store.TryRemove(Encoding.UTF8.GetBytes(chain[0]), head.Info(chain[0])!.Value.Version));

        await Eventually.HoldsAsync(() => IsOrphan(cluster, chain[1]), "the block behind it is an orphan");
        Assert.Equal(1, cluster.Silos.Sum(silo => silo.Store.GetStatistics().Orphans));
        Assert.DoesNotContain(chain.Skip(2), key => IsOrphan(cluster, key));

        await WriteAsync(cluster, chain[..1]);
        await Eventually.HoldsAsync(() => !IsOrphan(cluster, chain[1]), "it is none any more");
    }

    [Fact]
    public async Task Parent_OfWhichACopyIsLeft_IsNotGone()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3, replication: Settings);
        await WriteAsync(cluster, ["kv:m/parent"], WriteConcern.Replicated);
        await WriteAsync(cluster, ["kv:m/parent", "kv:m/child"]);
        var owner = Owner(cluster, "kv:m/parent");

        // Its owner has evicted it.
        Assert.True(owner.Store.TryRemove("kv:m/parent"u8, owner.Info("kv:m/parent")!.Value.Version));
        await SoughtAsync(cluster);
        Assert.False(IsOrphan(cluster, "kv:m/child"));

        var copy = cluster.Silos.Single(silo => silo.Info("kv:m/parent") is not null);
        Assert.True(copy.Store.TryRemove("kv:m/parent"u8, copy.Info("kv:m/parent")!.Value.Version));
        await Eventually.HoldsAsync(() => IsOrphan(cluster, "kv:m/child"), "the last copy is gone");
    }

    [Fact]
    public async Task Parent_ThatWentWithItsSilo_LeavesOrphans_AndCopiesNameTheirParents()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3, replication: Settings);
        var lost = cluster.Silos[2];
        var parent = Enumerable.Range(0, 1000).Select(i => $"kv:m/parent-{i}").First(key => Owner(cluster, key).Map.Life == lost.Map.Life);
        await WriteAsync(cluster, [parent]);
        await WriteAsync(cluster, [parent, "kv:m/child"], WriteConcern.Replicated);

        await cluster.KillAsync(lost);

        var hash = KeyDigest.Hash(BlockKey.From(parent));
        await Eventually.HoldsAsync(
            () => cluster.Silos.Count == 2 && cluster.Silos.All(silo => silo.Info("kv:m/child") is { } info && silo.Store.ParentOf("kv:m/child"u8, info.Version) == hash),
            "both that are left have the child, and know its parent");
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Store.GetStatistics().Orphans == 1), "it is an orphan on both");
    }

    [Fact]
    public async Task Owner_ThatIsGone_IsRemembered()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3);
        var lost = cluster.Silos[2];
        var name = lost.Map.Current.Silos[lost.Map.Current.IndexOf(lost.Map.Life)].Name;
        var keys = Enumerable.Range(0, 100).Select(i => KeyId.Of(Encoding.UTF8.GetBytes($"kv:m/{i}"))).ToList();
        var its = keys.Where(key => lost.Map.Current.Silos[Rendezvous.OwnerOf(key, lost.Map.Current)].Life == lost.Map.Life).ToList();
        var former = cluster.Silos[0].Handle.ServiceProvider.GetRequiredService<Grains.Membership.FormerOwners>();
        Assert.DoesNotContain(keys, key => former.TryFind(key, out _, out _));

        await cluster.KillAsync(lost);
        await Eventually.HoldsAsync(() => cluster.Silos[0].Map.Current.Silos.Length == 2, "it is gone from the map");
        await Eventually.HoldsAsync(() => former.TryFind(its[0], out _, out _), "its keys are known to have been its");

        Assert.All(keys, key => Assert.Equal(its.Contains(key), former.TryFind(key, out var silo, out var ago) && silo == name && ago >= TimeSpan.Zero));
    }

    /// <summary>Writes blocks that are not there, each naming the one before it as its parent.</summary>
    private static async Task WriteAsync(BlockCluster cluster, IReadOnlyList<string> chain, WriteConcern concern = WriteConcern.Local)
    {
        for (var i = 0; i < chain.Count; i++)
        {
            var owner = Owner(cluster, chain[i]);
            if (owner.Info(chain[i]) is not null)
                continue;
            var ticket = owner.Stage("v", i == 0 ? null : chain[i - 1]);
            var decision = await owner.Grain(chain[i]).CommitAsync(
                new(BlockKey.From(chain[i]), ticket, WriteCondition.Absent, null, false, owner.Map.Current.Id, concern));
            Assert.Equal(DecisionOutcome.Accepted, decision.Outcome);
        }
    }

    /// <summary>Waits until every silo has looked for its parents three times more than would make orphans of them.</summary>
    private static async Task SoughtAsync(BlockCluster cluster)
    {
        foreach (var silo in cluster.Silos)
        {
            var source = silo.Handle.ServiceProvider.GetRequiredService<IReplicationStatusSource>();
            var rounds = source.Current.ParentRounds;
            await Eventually.HoldsAsync(() => source.Current.ParentRounds >= rounds + 5, "it has looked for all parents several times");
        }
    }

    private static BlockSilo Owner(BlockCluster cluster, string key)
    {
        var map = cluster.Silos[0].Map.Current;
        var life = map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Life;
        return cluster.Silos.Single(silo => silo.Map.Life == life);
    }

    private static bool IsOrphan(BlockCluster cluster, string key) => cluster.Silos.Any(silo => silo.Store.Explain(Encoding.UTF8.GetBytes(key)).IsOrphan);
}
