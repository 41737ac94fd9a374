using Orleans.Placement;

namespace KvOrleans.Grains.Placement;

/// <summary>The grain lives on the silo that owns its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnerPlacementAttribute() : PlacementAttribute(new OwnerPlacement());
