namespace KvOrleans.Contracts.Watching;

/// <summary>What a silo did within one second.</summary>
/// <param name="Hits">Reads that found their block.</param>
/// <param name="Misses">Reads that did not.</param>
/// <param name="Writes">Writes that were accepted.</param>
/// <param name="ReadBytes">Bytes of blocks that were read, smoothed.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.SiloSample")]
public readonly record struct SiloSample([property: Id(0)] long Hits, [property: Id(1)] long Misses, [property: Id(2)] long Writes, [property: Id(3)] long ReadBytes);
