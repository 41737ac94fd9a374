using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace KvOrleans.Cluster.Tests;

/// <summary>Two silos agree on the map, and each decides its own keys alone.</summary>
public sealed class TwoSilosTests
{
    [Fact]
    public async Task Maps_OfTwoSilos_AgreeAndFollowTheOneThatLeaves()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Map.Current.Silos.Length == 2), "both see both");

        Assert.Equal(first.Map.Current.Silos.AsEnumerable(), second.Map.Current.Silos);
        Assert.Equal(first.Map.Current.Silos.OrderBy(silo => silo.Name, StringComparer.Ordinal), first.Map.Current.Silos);
        Assert.Equal(new[] { first.Map.Life, second.Map.Life }.Order(), first.Map.Current.Silos.Select(silo => silo.Life).Order());
        var before = first.Map.Current.Id;

        await cluster.StopAsync(second);

        await Eventually.HoldsAsync(() => first.Map.Current.Silos.Length == 1, "the map follows");
        Assert.Equal(first.Map.Life, Assert.Single(first.Map.Current.Silos).Life);
        Assert.True(first.Map.Current.Id > before);
        Assert.Equal(first.Map.Current.Id, (await cluster.Client.GetGrain<IClusterMapGrain>(0).GetMapAsync()).Id);
    }

    [Fact]
    public async Task Commits_OnEitherSilo_AreDecidedByTheOwnerAlone()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Map.Current.Silos.Length == 2), "both see both");
        var accepted = new[] { 0, 0 };

        for (var i = 0; i < 40; i++)
        {
            var asked = i % 2;
            var decision = await cluster.Silos[asked].CommitAsync($"k{i / 2}", "v", WriteCondition.Any);
            Assert.True(decision.Outcome is DecisionOutcome.Accepted or DecisionOutcome.Moved or DecisionOutcome.StagingLost, $"{decision}");
            if (decision.Outcome == DecisionOutcome.Accepted)
                accepted[asked]++;
        }

        Assert.All(accepted, count => Assert.InRange(count, 1, 19));
        Assert.InRange(accepted.Sum(), 1, 20);
        for (var i = 0; i < 20; i++)
            Assert.InRange(cluster.Silos.Count(silo => silo.Read($"k{i}") is not null), 0, 1);
    }

    [Fact]
    public async Task Commit_ThatLandsOnAnotherSilo_NeverTakesTheBytesStagedThere()
    {
        await using var cluster = await BlockCluster.StartAsync(silos: 2);
        await Eventually.HoldsAsync(() => cluster.Silos.All(silo => silo.Map.Current.Silos.Length == 2), "both see both");
        var (asking, owning) = (cluster.Silos[0], cluster.Silos[1]);
        var map = owning.Map.Current;
        var key = Enumerable.Range(0, 1000).Select(i => $"k{i}")
            .First(name => map.Silos[Rendezvous.OwnerOf(BlockKey.From(name), map)].Life == owning.Map.Life);
        var theirs = owning.Stage("staged for another key");
        var ours = asking.Stage("ours");

        RequestContext.Set(IPlacementDirector.PlacementHintKey, owning.Handle.SiloAddress);
        var decision = await asking.Grain(key).CommitAsync(new(BlockKey.From(key), ours, WriteCondition.Any, null, false, map.Id));

        Assert.Equal(DecisionOutcome.StagingLost, decision.Outcome);
        Assert.Null(owning.Read(key));
        Assert.NotNull(owning.Store.Staging.Take(theirs));
    }
}
