using KvOrleans.Grains.Replication;

namespace KvOrleans.Grains.Tests.Replication;

public sealed class DecisionGateTests : IDisposable
{
    private readonly DecisionGate _gate = new(TimeProvider.System);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Wait_WithoutDecisions_IsOverAtOnce() => await _gate.AllEndedAsync(CancellationToken.None);

    [Fact]
    public async Task Wait_ForADecisionThatBeganBefore_LastsUntilItsEnd()
    {
        var (one, other) = (_gate.Enter(), _gate.Enter());
        var ended = _gate.AllEndedAsync(CancellationToken.None);

        _gate.Leave(one);
        Assert.False(ended.IsCompleted);
        _gate.Leave(other);

        await ended;
    }

    [Fact]
    public async Task Wait_ForADecisionOfAWaitThatWasCutShort_LastsUntilItsEnd()
    {
        for (var cut = 0; cut < 3; cut++)
        {
            var began = _gate.Enter();
            for (var waits = 0; waits < cut; waits++)
            {
                using var cutting = new CancellationTokenSource();
                var wait = _gate.AllEndedAsync(cutting.Token);
                await cutting.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
            }

            var ended = _gate.AllEndedAsync(CancellationToken.None);
            Assert.False(ended.IsCompleted);
            _gate.Leave(began);
            await ended;
        }
    }

    [Fact]
    public async Task Wait_WhileDecisionsFollowOneAnother_IsOverAllTheSame()
    {
        using var stop = new CancellationTokenSource();
        var (first, running) = (_gate.Enter(), Task.Run(() =>
        {
            for (var before = _gate.Enter(); ;)
            {
                var next = _gate.Enter();
                _gate.Leave(before);
                before = next;
                if (stop.IsCancellationRequested)
                {
                    _gate.Leave(before);
                    return;
                }
            }
        }));
        var ended = _gate.AllEndedAsync(CancellationToken.None);
        _gate.Leave(first);

        await ended.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        await stop.CancelAsync();
        await running;
    }
}
