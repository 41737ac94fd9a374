using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Registers;
using KvOrleans.Probes.Clusters;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>The grain asks whether its life may act before it changes a register, and again behind it.</summary>
public sealed class GuardedGrainTests : IAsyncLifetime
{
    private readonly ScriptedGuard _guard = new();
    private BlockCluster? _cluster;

    private BlockSilo Silo => _cluster!.Silo;

    public async ValueTask InitializeAsync() =>
        _cluster = await BlockCluster.StartAsync(configure: services => services.AddSingleton<IRegisterGuard>(_guard));

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Commit_OfALifeThatMayNotAct_ChangesNothingOrIsUnknownAndLeavesNothing()
    {
        Answer(false);
        Assert.Equal(DecisionOutcome.TryAgain, (await Silo.CommitAsync("k", "v", WriteCondition.Any)).Outcome);
        Assert.Null(Silo.Read("k"));

        Answer(true, false);
        Assert.Equal(DecisionOutcome.Unknown, (await Silo.CommitAsync("k", "v", WriteCondition.Any)).Outcome);
        Assert.Null(Silo.Read("k"));

        Answer(true, false);
        Assert.Equal(DecisionOutcome.TryAgain, (await Silo.CommitAsync("k", "v", WriteCondition.Present)).Outcome);
        Assert.Equal(0, Silo.StagedBytes);

        Answer(true, true);
        Assert.Equal(DecisionOutcome.Accepted, (await Silo.CommitAsync("k", "v", WriteCondition.Any)).Outcome);
    }

    [Fact]
    public async Task DeleteAndExpire_OfALifeThatMayNotAct_SayThatNothingIsKnown()
    {
        var key = BlockKey.From("k");
        await Silo.CommitAsync("k", "v", WriteCondition.Any);
        Answer(false);
        Assert.Equal(DecisionOutcome.TryAgain, (await Silo.Grain("k").DeleteAsync(key, WriteCondition.Any)).Outcome);
        Answer(false);
        Assert.Equal(DecisionOutcome.TryAgain, (await Silo.Grain("k").ExpireAsync(key, TimeSpan.FromHours(1))).Outcome);
        Assert.Equal("v", Silo.Read("k"));

        Answer(true, false);
        Assert.Equal(DecisionOutcome.Unknown, (await Silo.Grain("k").ExpireAsync(key, TimeSpan.FromHours(1))).Outcome);
        Answer(true, false);
        Assert.Equal(DecisionOutcome.Unknown, (await Silo.Grain("k").DeleteAsync(key, WriteCondition.Any)).Outcome);
        Answer(true, false);
        Assert.Equal(DecisionOutcome.TryAgain, (await Silo.Grain("k").DeleteAsync(key, WriteCondition.Any)).Outcome);
    }

    [Fact]
    public async Task Commit_OfAWriteOnceBlock_AsksNobody()
    {
        Answer(false);

        Assert.Equal(DecisionOutcome.Accepted, (await Silo.CommitAsync("kv:b", "v", WriteCondition.Any)).Outcome);
        Assert.Single(_guard.Answers);
    }

    private void Answer(params bool[] answers)
    {
        _guard.Answers.Clear();
        foreach (var answer in answers)
            _guard.Answers.Enqueue(answer);
    }
}
