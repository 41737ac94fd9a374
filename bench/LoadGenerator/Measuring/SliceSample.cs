namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>A slice as it goes into the report.</summary>
/// <param name="Round">The round, from 0.</param>
/// <param name="BytesPerSecond">Payload bytes per second.</param>
/// <param name="Operations">How many operations it held.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others meanwhile.</param>
/// <param name="Idle">The share, 0 to 1, of processor time that nobody wanted meanwhile.</param>
internal sealed record SliceSample(int Round, double BytesPerSecond, long Operations, double Steal, double Idle);
