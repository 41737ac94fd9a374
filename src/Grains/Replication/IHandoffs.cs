using System.Collections.Immutable;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>Which silos may still hold write-once blocks that this silo owns now and was not given. Thread-safe and quick.</summary>
public interface IHandoffs
{
    /// <summary>The other silos of the current map whose handoff to this one is not done. While there is one, a block that is not here may be there.</summary>
    ImmutableArray<SiloDescriptor> Pending { get; }
}
