namespace KvOrleans.Grains.Replication;

/// <summary>How far a drain is. Immutable.</summary>
/// <param name="IsDraining">Whether this silo was told to stop and gives its blocks away.</param>
/// <param name="Offered">Blocks offered so far.</param>
/// <param name="Open">Of them, those not yet answered.</param>
/// <param name="Lost">Of them, those that nobody took.</param>
public sealed record DrainState(bool IsDraining, long Offered, long Open, long Lost);
