using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>What the membership table says of one life.</summary>
/// <param name="Address">Orleans' address, with the generation.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Name">Orleans' name of it.</param>
public sealed record TableRow(SiloAddress Address, SiloStatus Status, string Name);
