using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.History;

/// <summary>How a block left.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Role">What this silo was to it.</param>
/// <param name="Ago">How long ago, to the second.</param>
public readonly record struct Departure(DepartureReason Reason, BlockRole Role, TimeSpan Ago);
