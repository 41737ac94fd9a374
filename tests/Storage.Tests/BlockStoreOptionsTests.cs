using KvOrleans.Storage.Eviction;

namespace KvOrleans.Storage.Tests;

public sealed class BlockStoreOptionsTests
{
    private static readonly BlockStoreOptions Valid = new() { MemoryBytes = 2 << 20 };

    public static TheoryData<string, BlockStoreOptions> Invalid => new()
    {
        { "MemoryBytes is 2097151; it must be 2097152 to ", Valid with { MemoryBytes = (2 << 20) - 1 } },
        { "MemoryBytes is 9223372036854775807", Valid with { MemoryBytes = long.MaxValue } },
        { "MaxBlockBytes is 0; it must be 1 byte or more", Valid with { MaxBlockBytes = 0 } },
        { "MaxLease is 00:00:00; it must be a time above zero", Valid with { MaxLease = TimeSpan.Zero } },
        { "MaxLeasedShare is 1.5; it must be 0 to 1", Valid with { MaxLeasedShare = 1.5 } },
        { "MaxLeasedSharePerOwner is NaN; it must be 0 to 1", Valid with { MaxLeasedSharePerOwner = double.NaN } },
        { "MaxLeasedKeys is 0; it must be 1 or more", Valid with { MaxLeasedKeys = 0 } },
        { "CopiesShare is -0.1; it must be 0 to 1", Valid with { CopiesShare = -0.1 } },
        { "TombstoneLifetime is 00:00:00; it must be a time above zero", Valid with { TombstoneLifetime = TimeSpan.Zero } },
        { "MaxTombstones is 0; it must be 1 to 16777216", Valid with { MaxTombstones = 0 } },
        { "MaxTombstones is 16777217; it must be 1 to 16777216", Valid with { MaxTombstones = (1 << 24) + 1 } },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Construct_OptionOutOfRange_NamesItAndWhatItAccepts(string message, BlockStoreOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new BlockStore(options, new LruEvictionPolicy(), TimeProvider.System));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_MemoryNotWholeRegions_RoundsDown()
    {
        using var test = new TestStore(memory: (3 * TestStore.Region) - 1);
        Assert.Equal(2 * TestStore.Region, test.Statistics.ArenaBytes);
        Assert.Equal(2 * TestStore.Region, test.Statistics.FreeBytes);
    }
}
