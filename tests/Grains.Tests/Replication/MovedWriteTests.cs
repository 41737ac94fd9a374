using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Replication;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>Writes that are decided under one map and published under the next.</summary>
public sealed class MovedWriteTests
{
    [Fact]
    public async Task Write_PublishedAfterItsKeyHadMoved_IsWithTheNewOwnerWhenItIsAcknowledged()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var (key, former) = ("kv:m/a", cluster.Silos.First(silo => !silo.Map.Owns(BlockKey.From("kv:m/a"))));
        var owner = cluster.Silos.Single(silo => silo.Map.Life != former.Map.Life);
        var copies = former.Handle.ServiceProvider.GetRequiredService<CopyMaker>();
        var version = new BlockVersion(former.Map.Current.Epoch, former.Map.Life, 1);
        using var staged = former.Store.Staging.Take(former.Stage("v"))!;
        Assert.True(former.Store.TryPublish(Encoding.UTF8.GetBytes(key), null, staged, version, null));

        var before = former.Map.Current with { Id = former.Map.Current.Id - 1 };
        Assert.True(copies.Follow(WriteConcern.Local, DecisionOutcome.Accepted, before));
        await copies.AcknowledgeAsync(BlockKey.From(key), WriteConcern.Local, new(DecisionOutcome.Accepted, version));

        Assert.Equal(version, owner.Info(key)?.Version);
        Assert.Equal(0, owner.Store.GetStatistics().CopyBlocks);
    }

    [Fact]
    public async Task Handoff_IsNotDoneWhileADecisionOfAnOlderMapIsUnderWay()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var deciding = cluster.Silos[0];
        var gate = deciding.Handle.ServiceProvider.GetRequiredService<DecisionGate>();
        var turn = gate.Enter();

        var joined = await cluster.JoinAsync();

        var handoffs = joined.Handle.ServiceProvider.GetRequiredService<IHandoffs>();
        await Eventually.HoldsAsync(() => handoffs.Pending is [var last] && last.Life == deciding.Map.Life, "the other silo's handoff is done");
        gate.Leave(turn);
        await Eventually.HoldsAsync(() => handoffs.Pending.IsEmpty, "both are done");
    }
}
