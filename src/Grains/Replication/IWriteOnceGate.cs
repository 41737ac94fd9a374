namespace KvOrleans.Grains.Replication;

/// <summary>Whether write-once blocks that this silo holds may be served. Thread-safe and quick: every read of one asks.</summary>
public interface IWriteOnceGate
{
    /// <summary>False while deletes may have been missed: then what is held is answered as a miss.</summary>
    bool MayServe { get; }
}
