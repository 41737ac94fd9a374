using Orleans.Runtime;

namespace KvOrleans.Grains.Placement;

/// <summary>Places a block's grain on the silo that owns its key in the cluster map.</summary>
[GenerateSerializer, Immutable, Alias("KvOrleans.OwnerPlacement")]
internal sealed class OwnerPlacement : PlacementStrategy;
