namespace KvOrleans.Grains.Membership;

/// <summary>Tells whether this silo may serve the write-once blocks that it holds. Thread-safe and quick: every read asks.</summary>
public interface IWriteOnceGate
{
    /// <summary>False while this silo may have missed deletes: what it holds is as absent.</summary>
    bool MayServe { get; }

    /// <summary>Whether this silo may say beforehand which blocks cannot be here. False also while its map may be old, cut off or not: what it owned may be another's.</summary>
    bool MayRuleOut { get; }
}
