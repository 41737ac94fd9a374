namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>One slice.</summary>
/// <param name="Contender">Whose.</param>
/// <param name="Slice">Which, from 0.</param>
/// <param name="WritesPerSecond">Writes that were acknowledged, by the time from the first's begin to the last's end.</param>
/// <param name="Refused">Writes that were refused and sent again.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others meanwhile.</param>
internal sealed record KeysSample(string Contender, int Slice, double WritesPerSecond, int Refused, double Steal);
