using KvOrleans.Contracts.Heat;

namespace KvOrleans.Grains.Heat;

/// <summary>A silo's last report about one block.</summary>
/// <param name="Reading">What it read of the block.</param>
/// <param name="FastBytes">What it read of all blocks, by the faster sum.</param>
/// <param name="SlowBytes">The same by the slower sum.</param>
/// <param name="At">When that was reported.</param>
internal readonly record struct HeatSample(BlockReading Reading, double FastBytes, double SlowBytes, TimeSpan At);
