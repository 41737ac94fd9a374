using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Leases;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Storage.Tests;

/// <summary>A store with a clock of its own. At the end it must have given everything native back.</summary>
internal sealed class TestStore : IDisposable
{
    public const int Page = PageArena.PageBytes;
    public const int Region = PageArena.RegionBytes;

    private long _lastSequence;

    public TestStore(long memory = Region, int segment = Region, Func<BlockStoreOptions, BlockStoreOptions>? configure = null)
    {
        var options = new BlockStoreOptions { MemoryBytes = memory, MaxStagedShare = 1 };
        Store = new(configure?.Invoke(options) ?? options, new LruEvictionPolicy(), Time, segment, hashSeed: 7);
    }

    public ManualTimeProvider Time { get; } = new();

    public BlockStore Store { get; }

    public StoreStatistics Statistics => Store.GetStatistics();

    public static byte[] Key(string name) => Encoding.UTF8.GetBytes(name);

    public BlockVersion NextVersion() => new(1, new(42), Interlocked.Increment(ref _lastSequence));

    /// <summary>Stages the content of <paramref name="seed"/>, whole.</summary>
    public StagedBlock? TryStage(long seed, int length)
    {
        var staged = Store.TryStage(length);
        if (staged is not null)
            Write(staged, Content.Of(seed, length));
        return staged;
    }

    public static void Write(StagedBlock staged, ReadOnlySpan<byte> content, int chunk = int.MaxValue)
    {
        while (!content.IsEmpty)
        {
            var count = Math.Min(Math.Min(staged.Remaining.Length, chunk), content.Length);
            content[..count].CopyTo(staged.Remaining.Span);
            staged.Advance(count);
            content = content[count..];
        }
    }

    /// <summary>Publishes content that follows from the version it gets.</summary>
    public BlockVersion Put(string key, int length, BlockVersion? expected = null, TimeSpan? timeToLive = null)
    {
        var version = NextVersion();
        var staged = TryStage(version.Sequence, length);
        Assert.NotNull(staged);
        Assert.True(Store.TryPublish(Key(key), expected, staged, version, timeToLive));
        return version;
    }

    public bool Has(string key) => Store.TryGetInfo(Key(key), out _);

    /// <summary>Whether the block reads as exactly the content of this version.</summary>
    public void AssertReads(string key, BlockVersion version)
    {
        Assert.True(Store.TryOpen(Key(key), out var block), $"{key} is absent");
        using (block)
        {
            Assert.Equal(version, block.Version);
            AssertContent(block);
        }
    }

    public static void AssertContent(in OpenBlock block)
    {
        var expected = Content.Of(block.Version.Sequence, block.Length);
        Assert.Equal(BlockChecksum.Of(expected), block.Checksum);
        for (var i = 0; i < block.SegmentCount; i++)
        {
            var segment = block.GetSegment(i).Span;
            Assert.True(segment.SequenceEqual(expected[..segment.Length]), "The bytes are not those of the version.");
            expected = expected[segment.Length..];
        }

        Assert.True(expected.IsEmpty);
    }

    public LeaseGrant Match(long owner, TimeSpan duration, params string[] keys) => Match(owner, duration, out _, keys);

    public LeaseGrant Match(long owner, TimeSpan duration, out KeyMatch[] results, params string[] keys)
    {
        var buffer = new List<byte>();
        var ranges = new List<(int, int)>();
        foreach (var key in keys.Select(Key))
        {
            ranges.Add((buffer.Count, key.Length));
            buffer.AddRange(key);
        }

        results = new KeyMatch[keys.Length];
        return Store.Match(owner, new(buffer.ToArray(), ranges.ToArray()), results, duration);
    }

    public void Dispose()
    {
        Store.Dispose();
        Assert.Equal(default, Store.GetNativeFootprint());
    }
}
