using System.Collections.Immutable;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>Who may still hold what this silo owns. Thread-safe and quick: every miss asks.</summary>
public interface IHandoffs
{
    /// <summary>The other silos of the current map that have not said that their handoff for it is done. Empty: what is not here is absent.</summary>
    ImmutableArray<SiloDescriptor> Pending { get; }
}
