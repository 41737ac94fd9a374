using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Status;

/// <summary>The options of a silo as they are in force.</summary>
/// <param name="Silo">The silo as the cluster map has it.</param>
/// <param name="Failure">Why it said nothing; null when it did.</param>
/// <param name="Options">All of them, in the silo's order.</param>
public sealed record SiloOptionsReport(SiloDescriptor Silo, string? Failure, IReadOnlyList<OptionReport> Options)
{
    /// <summary>Whether it answered.</summary>
    public bool Reached => Failure is null;
}
