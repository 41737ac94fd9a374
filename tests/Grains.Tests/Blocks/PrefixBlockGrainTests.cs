using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Probes;
using KvOrleans.Probes.Clusters;

namespace KvOrleans.Grains.Tests.Blocks;

/// <summary>What the grain of a block decides, and that what it refuses leaves nothing behind.</summary>
public sealed class PrefixBlockGrainTests(OneSilo fixture) : IClassFixture<OneSilo>
{
    private BlockSilo Silo => fixture.Silo;

    [Fact]
    public async Task Commit_OfTheFirstContent_IsAcceptedUnderEveryConditionThatHolds()
    {
        Assert.Equal(DecisionOutcome.Accepted, (await Silo.CommitAsync("first-any", "v", WriteCondition.Any)).Outcome);
        Assert.Equal(DecisionOutcome.Accepted, (await Silo.CommitAsync("first-absent", "v", WriteCondition.Absent)).Outcome);
        Assert.Equal(new(DecisionOutcome.Conflict, default), await Silo.CommitAsync("first-present", "v", WriteCondition.Present));
        Assert.Equal(
            new(DecisionOutcome.Conflict, default),
            await Silo.CommitAsync("first-exactly", "v", WriteCondition.Exactly(new(1, new(1), 1))));

        Assert.Equal(("v", "v", null, null), (Silo.Read("first-any"), Silo.Read("first-absent"), Silo.Read("first-present"), Silo.Read("first-exactly")));
        Assert.Equal(0, Silo.StagedBytes);
    }

    [Fact]
    public async Task Commit_OverContent_IsDecidedByTheVersionThatIsThere()
    {
        var one = (await Silo.CommitAsync("over", "1", WriteCondition.Any)).Version;

        Assert.Equal(new(DecisionOutcome.Conflict, one), await Silo.CommitAsync("over", "x", WriteCondition.Absent));
        var two = await Silo.CommitAsync("over", "2", WriteCondition.Exactly(one));
        Assert.Equal(DecisionOutcome.Accepted, two.Outcome);
        Assert.Equal(new(DecisionOutcome.Conflict, two.Version), await Silo.CommitAsync("over", "x", WriteCondition.Exactly(one)));
        var three = await Silo.CommitAsync("over", "3", WriteCondition.Present);
        var four = await Silo.CommitAsync("over", "4", WriteCondition.Any);

        Assert.Equal("4", Silo.Read("over"));
        BlockVersion[] versions = [one, two.Version, three.Version, four.Version];
        Assert.Equal(versions.OrderBy(version => (version.Epoch, version.Sequence)), versions);
        Assert.Equal(4, versions.Distinct().Count());
        Assert.All(versions, version => Assert.Equal(Silo.Map.Life, version.Life));
        Assert.Equal(0, Silo.StagedBytes);
    }

    [Theory]
    [InlineData("kv:model/once")]
    [InlineData("model@1@0@0a1b@half")]
    public async Task Commit_OfAWriteOnceBlock_IsWonByTheFirst(string key)
    {
        var first = await Silo.CommitAsync(key, "first", WriteCondition.Any);

        Assert.Equal(new(DecisionOutcome.AlreadyPresent, first.Version), await Silo.CommitAsync(key, "first", WriteCondition.Any));
        Assert.Equal(new(DecisionOutcome.AlreadyPresent, first.Version), await Silo.CommitAsync(key, "first", WriteCondition.Absent));
        Assert.Equal(new(DecisionOutcome.Conflict, first.Version), await Silo.CommitAsync(key, "other", WriteCondition.Any));
        Assert.Equal(new(DecisionOutcome.Conflict, first.Version), await Silo.CommitAsync(key, "other", WriteCondition.Exactly(first.Version)));
        Assert.Equal("first", Silo.Read(key));
        Assert.Equal(0, Silo.StagedBytes);
    }

    [Fact]
    public async Task Commit_OfAnUnknownTicket_IsStagingLost()
    {
        var request = new CommitRequest(BlockKey.From("lost"), 987_654_321, WriteCondition.Any, null, false, Silo.Map.Current.Id);

        Assert.Equal(new(DecisionOutcome.StagingLost, default), await Silo.Grain("lost").CommitAsync(request));
        Assert.Null(Silo.Read("lost"));
    }

    [Fact]
    public async Task Commit_OfATicketTwice_IsStagingLostTheSecondTime()
    {
        var request = new CommitRequest(BlockKey.From("twice"), Silo.Stage("v"), WriteCondition.Any, null, false, Silo.Map.Current.Id);

        Assert.Equal(DecisionOutcome.Accepted, (await Silo.Grain("twice").CommitAsync(request)).Outcome);
        Assert.Equal(DecisionOutcome.StagingLost, (await Silo.Grain("twice").CommitAsync(request)).Outcome);
        Assert.Equal("v", Silo.Read("twice"));
    }

    [Fact]
    public async Task Commit_WithATimeToLive_ExpiresUnlessItIsReplacedWithoutOne()
    {
        var hour = TimeSpan.FromHours(1);
        await Silo.CommitAsync("mortal", "1", WriteCondition.Any, hour);
        Assert.InRange(Silo.Info("mortal")!.Value.TimeToLive!.Value, hour - TimeSpan.FromMinutes(5), hour);

        await Silo.CommitAsync("mortal", "2", WriteCondition.Any, TimeSpan.FromDays(9), keepTimeToLive: true);
        Assert.InRange(Silo.Info("mortal")!.Value.TimeToLive!.Value, hour - TimeSpan.FromMinutes(5), hour);

        await Silo.CommitAsync("mortal", "3", WriteCondition.Any);
        Assert.Null(Silo.Info("mortal")!.Value.TimeToLive);
        await Silo.CommitAsync("mortal", "4", WriteCondition.Any, keepTimeToLive: true);
        Assert.Null(Silo.Info("mortal")!.Value.TimeToLive);
    }

    [Fact]
    public async Task Delete_UnderConditions_IsDecidedByTheVersion()
    {
        var key = BlockKey.From("deleted");
        Assert.Equal(new(DecisionOutcome.Absent, default), await Silo.Grain("deleted").DeleteAsync(key, WriteCondition.Any));
        var one = (await Silo.CommitAsync("deleted", "1", WriteCondition.Any)).Version;
        var two = (await Silo.CommitAsync("deleted", "2", WriteCondition.Any)).Version;

        Assert.Equal(new(DecisionOutcome.Conflict, two), await Silo.Grain("deleted").DeleteAsync(key, WriteCondition.Exactly(one)));
        Assert.Equal("2", Silo.Read("deleted"));
        Assert.Equal(DecisionOutcome.Accepted, (await Silo.Grain("deleted").DeleteAsync(key, WriteCondition.Exactly(two))).Outcome);
        Assert.Null(Silo.Read("deleted"));
        Assert.Equal(DecisionOutcome.Absent, (await Silo.Grain("deleted").DeleteAsync(key, WriteCondition.Any)).Outcome);
    }

    [Fact]
    public async Task Expire_OfABlock_SetsClearsAndRemoves()
    {
        var key = BlockKey.From("expiring");
        Assert.Equal(DecisionOutcome.Absent, (await Silo.Grain("expiring").ExpireAsync(key, TimeSpan.FromHours(1))).Outcome);
        var version = (await Silo.CommitAsync("expiring", "v", WriteCondition.Any)).Version;

        Assert.Equal(new(DecisionOutcome.Accepted, version), await Silo.Grain("expiring").ExpireAsync(key, TimeSpan.FromHours(1)));
        Assert.NotNull(Silo.Info("expiring")!.Value.TimeToLive);
        Assert.Equal(new(DecisionOutcome.Accepted, version), await Silo.Grain("expiring").ExpireAsync(key, null));
        Assert.Null(Silo.Info("expiring")!.Value.TimeToLive);
        await Silo.Grain("expiring").ExpireAsync(key, TimeSpan.Zero);
        Assert.Null(Silo.Read("expiring"));
    }

    [Fact]
    public async Task Inspect_FromAClient_IsWhatTheIndexHolds()
    {
        var version = (await Silo.CommitAsync("inspected", "bytes", WriteCondition.Any)).Version;
        var grain = fixture.Cluster.Client.GetGrain<IPrefixBlockGrain>(KeyId.Of("inspected"u8).ToString());

        Assert.Equal(new BlockInfo(version, 5, BlockChecksum.Of("bytes"u8), null, 0), await grain.InspectAsync(BlockKey.From("inspected")));
        Assert.Null(await grain.InspectAsync(BlockKey.From("inspected-not")));
    }

    [Fact]
    public async Task Commit_OfManyAgainstOneVersion_IsAcceptedOnce()
    {
        var version = (await Silo.CommitAsync("race", "0", WriteCondition.Any)).Version;
        for (var round = 0; round < 50; round++)
        {
            var before = version;
            var decisions = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Silo.CommitAsync("race", $"{i}", WriteCondition.Exactly(before)).AsTask()));

            version = Assert.Single(decisions, decision => decision.Outcome == DecisionOutcome.Accepted).Version;
            Assert.Equal(new(DecisionOutcome.Conflict, version), Assert.Single(decisions, decision => decision.Outcome == DecisionOutcome.Conflict));
        }

        Assert.Equal(0, Silo.StagedBytes);
    }

    [Fact]
    public async Task Grain_AfterItsDecision_SleepsAndTheBytesStay()
    {
        await Silo.CommitAsync("sleeper", "bytes", WriteCondition.Any);

        await Eventually.HoldsAsync(() => Silo.Awake.Count == 0, "every grain sleeps");

        Assert.Equal("bytes", Silo.Read("sleeper"));
    }
}
