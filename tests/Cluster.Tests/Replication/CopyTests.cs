using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Replication;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;
using KvOrleans.Storage.Copies;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Cluster.Tests.Replication;

/// <summary>Copies between silos whose stores are real and whose data planes are not: what is offered, to whom, and what becomes of it.</summary>
public sealed class CopyTests
{
    [Fact]
    public async Task Reuse_OfABlock_GivesItASecondHolder_AndOnlyOfThatBlock()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var (reused, once) = ("kv:m/reused", "kv:m/once");
        await WriteAsync(cluster, reused);
        await WriteAsync(cluster, once);

        Assert.Equal("v", Owner(cluster, reused).Read(reused));

        await Eventually.HoldsAsync(() => Holders(cluster, reused) == 2, "the reused block has two holders");
        Assert.Equal(1, Holders(cluster, once));
        Assert.Equal(BlockRole.Copy, Role(Other(cluster, reused), reused));
        Assert.Equal(BlockRole.Last, Role(Owner(cluster, reused), reused));
        Assert.Equal(Owner(cluster, reused).Info(reused)!.Value.Version, Other(cluster, reused).Info(reused)!.Value.Version);
    }

    [Fact]
    public async Task Write_ThatAsksForReplication_IsAcknowledgedWithTwoHolders_AlsoTheSecondTime()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(DecisionOutcome.Accepted, (await WriteAsync(cluster, $"kv:m/{i}", WriteConcern.Replicated)).Outcome);
            Assert.Equal(2, Holders(cluster, $"kv:m/{i}"));
        }

        await WriteAsync(cluster, "kv:m/plain");
        Assert.Equal(1, Holders(cluster, "kv:m/plain"));
        Assert.Equal(DecisionOutcome.AlreadyPresent, (await WriteAsync(cluster, "kv:m/plain", WriteConcern.Replicated)).Outcome);
        Assert.Equal(2, Holders(cluster, "kv:m/plain"));

        // The copy was evicted, and the owner does not know.
        var copy = Other(cluster, "kv:m/0");
        Assert.True(copy.Store.TryRemove("kv:m/0"u8, copy.Info("kv:m/0")!.Value.Version));
        Assert.Equal(DecisionOutcome.AlreadyPresent, (await WriteAsync(cluster, "kv:m/0", WriteConcern.Replicated)).Outcome);
        Assert.Equal(2, Holders(cluster, "kv:m/0"));
    }

    [Fact]
    public async Task Copy_ThatIsEvicted_IsForgottenByTheOwner_AndMadeAgainAtTheNextUse()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var (key, owner) = ("kv:m/a", Owner(cluster, "kv:m/a"));
        await WriteAsync(cluster, key, WriteConcern.Replicated);
        owner.Read(key);
        Assert.NotEqual(0UL, KnownHolders(owner, key));

        Other(cluster, key).Store.TryStage(64 << 20)!.Dispose();

        Assert.Equal(1, Holders(cluster, key));
        await Eventually.HoldsAsync(() => KnownHolders(owner, key) == 0, "the owner knows that its copy is gone");
        owner.Read(key);
        await Eventually.HoldsAsync(() => Holders(cluster, key) == 2, "it has a copy again");
        await Eventually.HoldsAsync(() => KnownHolders(owner, key) != 0, "the owner knows of it");
    }

    [Fact]
    public async Task Write_ThatAsksForReplicationOfALoneSilo_IsStoredOnce()
    {
        await using var cluster = await BlockCluster.StartAsync();

        Assert.Equal(DecisionOutcome.NotReplicated, (await WriteAsync(cluster, "kv:m/a", WriteConcern.Replicated)).Outcome);
        Assert.Equal("v", cluster.Silo.Read("kv:m/a"));
    }

    [Fact]
    public async Task Write_WithTwoCopiesAtLeast_HasTwoSoon()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3, replication: new() { MinimumCopies = 2 });

        await WriteAsync(cluster, "kv:m/a");

        await Eventually.HoldsAsync(() => Holders(cluster, "kv:m/a") == 2, "two silos hold it");
    }

    [Fact]
    public async Task Loss_OfOneOfThreeSilos_LosesNoReplicatedBlock_AndAllHaveTwoHoldersAgain()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3);
        var keys = Enumerable.Range(0, 200).Select(i => $"kv:m/{i}").ToList();
        foreach (var key in keys)
            Assert.Equal(DecisionOutcome.Accepted, (await WriteAsync(cluster, key, WriteConcern.Replicated)).Outcome);

        await cluster.KillAsync(cluster.Silos[2]);

        Assert.All(keys, key => Assert.InRange(Holders(cluster, key), 1, 2));
        await Eventually.HoldsAsync(() => keys.All(key => Holders(cluster, key) == 2), "all blocks have two holders again");
        Assert.All(keys, key => Assert.Equal(BlockRole.Last, Role(Owner(cluster, key), key)));
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => Status(silo) is { RepairPendingBlocks: 0, HandoffPending: 0 }), "nothing is left to do");
    }

    [Fact]
    public async Task Join_OfASilo_BringsItTheBlocksThatItOwns()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 1);
        var keys = Enumerable.Range(0, 200).Select(i => $"kv:m/{i}").ToList();
        foreach (var key in keys)
            await WriteAsync(cluster, key);

        var joined = await cluster.JoinAsync();

        var its = keys.Where(key => Owner(cluster, key).Map.Life == joined.Map.Life).ToList();
        Assert.InRange(its.Count, 50, 150);
        await Eventually.HoldsAsync(() => Handoffs(joined).Pending.IsEmpty, "the handoff is done");
        Assert.All(its, key => Assert.Equal(BlockRole.Last, Role(joined, key)));
        Assert.All(its, key => Assert.Equal(BlockRole.Copy, Role(cluster.Silo, key)));
        Assert.All(keys.Except(its), key => Assert.Null(joined.Info(key)));
    }

    [Fact]
    public async Task Drain_OfASilo_GivesEachLastCopyToItsNextOwner()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3);
        var keys = Enumerable.Range(0, 200).Select(i => $"kv:m/{i}").ToList();
        foreach (var key in keys)
            await WriteAsync(cluster, key);
        var leaving = cluster.Silos[2];

        var drainer = leaving.Handle.ServiceProvider.GetRequiredService<IDrainer>();
        await drainer.DrainAsync(CancellationToken.None);

        var others = cluster.Silos.Where(silo => silo.Map.Life != leaving.Map.Life).ToList();
        Assert.All(keys, key => Assert.Equal(1, others.Count(silo => silo.Info(key) is not null)));
        Assert.All(keys, key => Assert.Equal(BlockRole.Last, Role(others.Single(silo => silo.Info(key) is not null), key)));
        Assert.True(drainer.State is { IsDraining: true, Open: 0, Lost: 0, Offered: > 20 }, $"{drainer.State}");
        await cluster.StopAsync(leaving);
        await Eventually.HoldsAsync(() => others.All(silo => silo.Map.Current.Silos.Length == 2), "it has left");
        Assert.All(keys, key => Assert.Equal("v", Owner(cluster, key).Read(key)));
    }

    internal static ValueTask<BlockDecision> WriteAsync(BlockCluster cluster, string key, WriteConcern concern = WriteConcern.Local)
    {
        var silo = Owner(cluster, key);
        return silo.Grain(key).CommitAsync(
            new(BlockKey.From(key), silo.Stage("v"), WriteCondition.Any, null, false, silo.Map.Current.Id, concern));
    }

    internal static BlockSilo Owner(BlockCluster cluster, string key)
    {
        var map = cluster.Silo.Map.Current;
        var owner = map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Life;
        return cluster.Silos.Single(silo => silo.Map.Life == owner);
    }

    internal static BlockSilo Other(BlockCluster cluster, string key) =>
        cluster.Silos.First(silo => silo.Map.Life != Owner(cluster, key).Map.Life);

    internal static int Holders(BlockCluster cluster, string key) => cluster.Silos.Count(silo => silo.Info(key) is not null);

    private static ulong KnownHolders(BlockSilo silo, string key) => silo.Store.HoldersOf(Encoding.UTF8.GetBytes(key), silo.Info(key)!.Value.Version);

    private static BlockRole? Role(BlockSilo silo, string key)
    {
        var sweep = silo.Store.BeginSweep();
        var blocks = new List<Storage.Sweeps.SweptBlock>();
        while (silo.Store.Sweep(sweep, 1000, blocks))
        {
        }

        return blocks.Where(block => block.Key == BlockKey.From(Encoding.UTF8.GetBytes(key))).Select(block => (BlockRole?)block.Role).SingleOrDefault();
    }

    private static IHandoffs Handoffs(BlockSilo silo) => silo.Handle.ServiceProvider.GetRequiredService<IHandoffs>();

    private static ReplicationStatus Status(BlockSilo silo) => silo.Handle.ServiceProvider.GetRequiredService<IReplicationStatusSource>().Current;
}
