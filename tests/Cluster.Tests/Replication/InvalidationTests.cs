using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Peers;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Cluster.Tests.Replication;

/// <summary>A deleted write-once block is gone everywhere when that is acknowledged, and stays gone.</summary>
public sealed class InvalidationTests
{
    private const string Key = "kv:m/a";

    [Fact]
    public async Task Delete_OfABlock_ReachesEveryHolder()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3);
        await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated);
        Assert.Equal(2, CopyTests.Holders(cluster, Key));

        var decision = await CopyTests.Owner(cluster, Key).Grain(Key).DeleteAsync(BlockKey.From(Key), WriteCondition.Any);

        Assert.Equal(DecisionOutcome.Accepted, decision.Outcome);
        Assert.Equal(0, CopyTests.Holders(cluster, Key));
        Assert.Equal(DecisionOutcome.Accepted, (await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated)).Outcome);
        Assert.Equal(2, CopyTests.Holders(cluster, Key));
    }

    [Fact]
    public async Task Delete_OfABlockThatTheOwnerLost_ReachesItsCopies()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated);
        var owner = CopyTests.Owner(cluster, Key);
        Assert.True(owner.Store.TryRemove("kv:m/a"u8, owner.Info(Key)!.Value.Version));
        Assert.Equal(1, CopyTests.Holders(cluster, Key));

        Assert.Equal(DecisionOutcome.Absent, (await owner.Grain(Key).DeleteAsync(BlockKey.From(Key), WriteCondition.Any)).Outcome);

        Assert.Equal(0, CopyTests.Holders(cluster, Key));
    }

    [Fact]
    public async Task Delete_UnderAConditionThatDoesNotHold_ChangesNothing()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var written = await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated);

        var decision = await CopyTests.Owner(cluster, Key).Grain(Key).DeleteAsync(BlockKey.From(Key), WriteCondition.Exactly(new(1, new(1), 1)));

        Assert.Equal(new(DecisionOutcome.Conflict, written.Version), decision);
        Assert.Equal(2, CopyTests.Holders(cluster, Key));
    }

    [Fact]
    public async Task Expire_AtOnce_IsADelete()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated);

        Assert.Equal(DecisionOutcome.Accepted, (await CopyTests.Owner(cluster, Key).Grain(Key).ExpireAsync(BlockKey.From(Key), TimeSpan.Zero)).Outcome);

        Assert.Equal(0, CopyTests.Holders(cluster, Key));
    }

    [Fact]
    public async Task Offer_OfWhatWasDeleted_IsKnownAndTakenByNobody()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var written = await CopyTests.WriteAsync(cluster, Key);
        var (owner, other) = (CopyTests.Owner(cluster, Key), CopyTests.Other(cluster, Key));
        var info = owner.Info(Key)!.Value;
        Assert.Equal(DecisionOutcome.Accepted, (await owner.Grain(Key).DeleteAsync(BlockKey.From(Key), WriteCondition.Any)).Outcome);

        // As if the owner's bytes had been on their way all the while.
        using (var staged = owner.Store.Staging.Take(owner.Stage("v"))!)
            Assert.True(owner.Store.TryPublish("kv:m/a"u8, null, staged, written.Version, null));
        var peer = owner.Handle.ServiceProvider.GetRequiredService<ISiloPeers>().Of(other.Map.Life)!;
        var answer = await peer.OfferAsync(new(OfferReason.Copy, owner.Map.Life, [new(BlockKey.From(Key), info.Version, info.Length, info.Checksum)]));

        Assert.Equal(new(0, 1), answer);
        Assert.Null(other.Info(Key));
    }

    [Fact]
    public async Task Delete_WhileASiloIsLost_IsUnknownOrReachesAllThatAreLeft()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 3);
        await CopyTests.WriteAsync(cluster, Key, WriteConcern.Replicated);
        var owner = CopyTests.Owner(cluster, Key);
        await cluster.KillAsync(cluster.Silos.First(silo => silo.Map.Life != owner.Map.Life));

        await Eventually.HoldsAsync(
            async () => (await owner.Grain(Key).DeleteAsync(BlockKey.From(Key), WriteCondition.Any)).Outcome is DecisionOutcome.Accepted or DecisionOutcome.Absent,
            "the delete is acknowledged");

        Assert.Equal(0, CopyTests.Holders(cluster, Key));
        Assert.Equal(2, owner.Map.Current.Silos.Length);
    }
}
