namespace KvOrleans.Grains.Replication;

/// <summary>How far a drain is. Immutable.</summary>
/// <param name="IsDraining">Whether this silo was told to stop and gives its blocks away.</param>
/// <param name="Offered">Blocks offered so far.</param>
/// <param name="Open">Of them, those not yet answered.</param>
/// <param name="Lost">Of them, those that nobody took.</param>
/// <param name="Left">Last copies of write-once blocks that have no new holder yet, about; exact when the drain is over.</param>
/// <param name="IsWhole">Whether it came to its end: it was neither cut short nor left out.</param>
public sealed record DrainState(bool IsDraining, long Offered, long Open, long Lost, long Left, bool IsWhole)
{
    /// <summary>Of the blocks offered, those that have a new holder.</summary>
    public long Given => Offered - Open - Lost;
}
