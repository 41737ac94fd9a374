namespace KvOrleans.Contracts.Blocks;

/// <summary>What a silo's index knows of a block, beside its bytes.</summary>
/// <param name="Version">Which content this is.</param>
/// <param name="Length">The payload's bytes.</param>
/// <param name="Checksum">The payload's checksum.</param>
/// <param name="TimeToLive">How long until it expires, or null when it does not.</param>
/// <param name="Leases">How many leases are on it now.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockInfo")]
public readonly record struct BlockInfo(
    [property: Id(0)] BlockVersion Version,
    [property: Id(1)] int Length,
    [property: Id(2)] BlockChecksum Checksum,
    [property: Id(3)] TimeSpan? TimeToLive,
    [property: Id(4)] int Leases);
