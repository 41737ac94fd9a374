using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Status;

/// <summary>What a silo says of keys.</summary>
/// <param name="Silo">The silo as the cluster map has it.</param>
/// <param name="Reached">False when its data plane did not answer within the deadline; then <paramref name="Keys"/> is empty.</param>
/// <param name="Keys">What it says of each key, in their order.</param>
public sealed record SiloExplanation(SiloDescriptor Silo, bool Reached, IReadOnlyList<KeyReport> Keys);
