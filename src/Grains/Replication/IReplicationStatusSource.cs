namespace KvOrleans.Grains.Replication;

/// <summary>Tells what replication is doing. Thread-safe.</summary>
public interface IReplicationStatusSource
{
    /// <summary>As of now.</summary>
    ReplicationStatus Current { get; }
}
