using System.Collections.Immutable;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>Nobody hands anything over.</summary>
internal sealed class NoHandoffs : IHandoffs
{
    public ImmutableArray<SiloDescriptor> Pending => [];
}
