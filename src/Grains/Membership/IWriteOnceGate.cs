namespace KvOrleans.Grains.Membership;

/// <summary>Tells whether this silo may serve the write-once blocks that it holds. Thread-safe and quick: every read asks.</summary>
public interface IWriteOnceGate
{
    /// <summary>False while this silo may have missed deletes: what it holds is as absent.</summary>
    bool MayServe { get; }
}
