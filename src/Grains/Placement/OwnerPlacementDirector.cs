using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace KvOrleans.Grains.Placement;

/// <summary>Finds the owner of the key id that names the grain.</summary>
/// <remarks>
/// Orleans asks it last, after its cache and its directory, and a silo that is addressed activates without asking: it makes calls
/// land where they can be decided, and nothing is safe because of it.
/// </remarks>
internal sealed class OwnerPlacementDirector(IClusterMapSource map) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        if (!KeyId.TryParse(target.GrainIdentity.Key.ToString(), out var id))
            throw new OrleansException("A block's grain is named by the 32 hex digits of its key id.");
        if (map.Current.OwnerOf(id) is not { } owner || owner.Life == map.Life)
            return Task.FromResult(context.LocalSilo);
        var address = Array.Find(context.GetCompatibleSilos(target), silo => SiloLife.Of(silo) == owner.Life);
        return Task.FromResult(address ?? context.LocalSilo);
    }
}
