using System.Collections.Immutable;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>Which silos may still hold write-once blocks that this silo owns now and was not given. Thread-safe and quick.</summary>
public interface IHandoffs
{
    /// <summary>The current map, and who has not handed over yet. Whoever needs both takes them from one such state: another map has others.</summary>
    HandoffState Current { get; }

    /// <inheritdoc cref="HandoffState.Pending"/>
    ImmutableArray<SiloDescriptor> Pending => Current.Pending;
}
