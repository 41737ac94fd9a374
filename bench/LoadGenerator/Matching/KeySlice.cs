namespace KvOrleans.LoadGenerator.Matching;

/// <summary>What one server did in its part of a round.</summary>
/// <param name="KeysPerSecond">Keys that were answered; of a silo leased, and released, too.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others meanwhile.</param>
internal sealed record KeySlice(double KeysPerSecond, double Steal);
