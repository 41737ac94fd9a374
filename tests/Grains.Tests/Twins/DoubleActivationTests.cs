using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Probes.Clusters;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Grains.Tests.Twins;

/// <summary>Orleans may have two activations of one grain for a while, on one silo or on two: still one of two writes against one version succeeds.</summary>
public sealed class DoubleActivationTests
{
    private const int Rounds = 10;

    [Theory]
    [InlineData("k")]
    [InlineData("kv:k")]
    public async Task Writes_OfTwoActivationsOnTheOwnersSilo_SucceedOnce(string prefix)
    {
        await using var cluster = await StartAsync(1);
        var (silo, meeting) = (cluster.Silo, cluster.Silo.Handle.ServiceProvider.GetRequiredService<Meeting>());
        var kind = KeyKinds.Default.Of(System.Text.Encoding.ASCII.GetBytes(prefix));
        for (var round = 0; round < Rounds; round++)
        {
            var key = kind == BlockKind.WriteOnce ? $"{prefix}{round}" : prefix;
            var condition = silo.Info(key) is { } current ? WriteCondition.Exactly(current.Version) : WriteCondition.Absent;

            meeting.OfTwo();
            var decisions = await Task.WhenAll(
                CommitAsync(silo, "a", key, "by a", condition), CommitAsync(silo, "b", key, "by b", condition));

            var winner = Array.FindIndex(decisions, decision => decision.Outcome == DecisionOutcome.Accepted);
            Assert.Equal(1, decisions.Count(decision => decision.Outcome == DecisionOutcome.Accepted));
            Assert.Equal(new(DecisionOutcome.Conflict, decisions[winner].Version), decisions[1 - winner]);
            Assert.Equal(winner == 0 ? "by a" : "by b", silo.Read(key));
            Assert.Equal(decisions[winner].Version, silo.Info(key)!.Value.Version);
        }

        Assert.Equal(0, silo.StagedBytes);
    }

    [Theory]
    [InlineData("k")]
    [InlineData("kv:k")]
    public async Task Write_OfAnActivationOnAnotherSilo_IsLeftToWhoeverAsked(string prefix)
    {
        await using var cluster = await StartAsync(2);
        var map = cluster.Silos[0].Map.Current;
        for (var round = 0; round < Rounds; round++)
        {
            var key = $"{prefix}{round}";
            var life = map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Life;
            var owner = cluster.Silos.Single(silo => silo.Map.Life == life);
            var other = cluster.Silos.Single(silo => silo.Map.Life != life);

            var ticket = other.Stage("by the other");
            var decisions = await Task.WhenAll(
                CommitAsync(other, $"other {round}", key, ticket, WriteCondition.Absent), CommitAsync(owner, $"owner {round}", key, "by the owner", WriteCondition.Absent));

            using var left = other.Store.Staging.Take(ticket);
            Assert.NotNull(left);
            Assert.Equal([DecisionOutcome.Moved, DecisionOutcome.Accepted], decisions.Select(decision => decision.Outcome));
            Assert.Equal(("by the owner", null), (owner.Read(key), other.Read(key)));
        }

        Assert.All(cluster.Silos, silo => Assert.Equal(0, silo.StagedBytes));
    }

    private static Task<BlockCluster> StartAsync(short silos) => BlockCluster.StartAsync(
        silos, configure: services => services.AddSingleton(provider => new Meeting(provider.GetRequiredService<IClusterMapSource>())));

    private static Task<BlockDecision> CommitAsync(BlockSilo silo, string twin, string key, string text, WriteCondition condition) =>
        CommitAsync(silo, twin, key, silo.Stage(text), condition);

    private static Task<BlockDecision> CommitAsync(BlockSilo silo, string twin, string key, long ticket, WriteCondition condition) =>
        silo.Handle.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ITwinGrain>(twin)
            .CommitAsync(new(BlockKey.From(key), ticket, condition, null, false, silo.Map.Current.Id)).AsTask();
}
