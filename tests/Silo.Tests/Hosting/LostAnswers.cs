using KvOrleans.Contracts.Control;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Calls of block grains that end as those do of which nothing is heard in time: they were run, or never will be.</summary>
internal sealed class LostAnswers(bool afterRunning) : IIncomingGrainCallFilter
{
    /// <summary>Whether answers are lost now.</summary>
    public bool IsLosing { get; set; }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var loses = IsLosing && context.Grain is IPrefixBlockGrain;
        if (!loses || afterRunning)
            await context.Invoke();
        if (loses)
            throw new TimeoutException("Nothing was heard.");
    }
}
