using KvOrleans.Contracts.Control;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Writes that are decided nowhere, as when a key has just moved and its grain is called at another silo.</summary>
internal sealed class MisplacedCalls(DecisionOutcome outcome) : IIncomingGrainCallFilter
{
    private int _left;

    /// <summary>How many calls from now on are misplaced.</summary>
    public int Left
    {
        get => Volatile.Read(ref _left);
        set => Volatile.Write(ref _left, value);
    }

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not IPrefixBlockGrain || Interlocked.Decrement(ref _left) < 0)
            return context.Invoke();
        context.Result = new BlockDecision(outcome, default);
        return Task.CompletedTask;
    }
}
