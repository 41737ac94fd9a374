using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Blocks;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;

namespace KvOrleans.Grains.Tests.Twins;

/// <summary>The block's grain itself, over the same index, with turns of its own. It decides together with others: see <see cref="Meeting"/>.</summary>
[PreferLocalPlacement]
internal sealed class TwinGrain(IServiceProvider services) : Grain, ITwinGrain
{
    private readonly PrefixBlockGrain _grain =
        ActivatorUtilities.CreateInstance<PrefixBlockGrain>(services, services.GetRequiredService<Meeting>().Versions);

    public ValueTask<BlockDecision> CommitAsync(CommitRequest request) => _grain.CommitAsync(request);
}
