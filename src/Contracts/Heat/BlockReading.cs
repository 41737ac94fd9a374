using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Heat;

/// <summary>What a silo has read of one block lately. Sums decay with the time constants of <see cref="HeatReport"/>.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that the silo holds.</param>
/// <param name="IsExtra">Whether it holds an extra copy, and asks what is to become of it.</param>
/// <param name="FastBytes">Bytes read, by the faster sum.</param>
/// <param name="SlowBytes">Bytes read, by the slower sum.</param>
/// <param name="Reads">How often it was read, by the slower sum, up to a bound: evidence.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockReading")]
public readonly record struct BlockReading(
    [property: Id(0)] BlockKey Key, [property: Id(1)] BlockVersion Version, [property: Id(2)] bool IsExtra,
    [property: Id(3)] double FastBytes, [property: Id(4)] double SlowBytes, [property: Id(5)] double Reads);
