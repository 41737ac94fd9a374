using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;
using KvOrleans.Probes.Clocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Leases;
using KvOrleans.Storage.Staging;
using KvOrleans.Storage.Sweeps;

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
    public StagedBlock? TryStage(long seed, int length, BlockRole role = BlockRole.Last)
    {
        var staged = Store.TryStage(length, role);
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
    public BlockVersion Put(string key, int length, BlockVersion? expected = null, TimeSpan? timeToLive = null, BlockKind kind = BlockKind.WriteOnce, string? parent = null)
    {
        var version = NextVersion();
        var staged = TryStage(version.Sequence, length);
        Assert.NotNull(staged);
        staged.Parent = HashOf(parent);
        Assert.True(Store.TryPublish(Key(key), expected, staged, version, timeToLive, kind));
        return version;
    }

    /// <summary>Publishes what another silo would have had under this version; false when the store refuses it.</summary>
    public bool TryPutCopy(string key, int length, BlockVersion version, BlockRole role = BlockRole.Copy, TimeSpan? timeToLive = null, string? parent = null)
    {
        using var staged = TryStage(version.Sequence, length, role);
        Assert.NotNull(staged);
        staged.Parent = HashOf(parent);
        return Store.TryPublishCopy(Key(key), staged, version, timeToLive, role);
    }

    /// <summary>What a child of this key names; 0 for null.</summary>
    public static UInt128 HashOf(string? parent) => parent is null ? 0 : KeyDigest.Hash(Key(parent));

    public BlockVersion PutCopy(string key, int length, string? parent = null)
    {
        var version = NextVersion();
        Assert.True(TryPutCopy(key, length, version, parent: parent));
        return version;
    }

    /// <summary>Opens the block, which counts as a use.</summary>
    public void Use(string key)
    {
        Assert.True(Store.TryOpen(Key(key), out var block), $"{key} is absent");
        block.Dispose();
    }

    public bool Bury(string key, BlockVersion version) => Store.Bury(KeyId.Of(Key(key)), Key(key), version);

    /// <summary>The keys that wait for a copy.</summary>
    public List<string> TakeReused(int room = 100)
    {
        var blocks = new ReusedBlock[room];
        return [.. blocks.Take(Store.TakeReused(blocks)).Select(block => Encoding.UTF8.GetString(block.Key.Span))];
    }

    /// <summary>All blocks as one sweep meets them.</summary>
    public List<SweptBlock> SweepAll(int recordsAtOnce = 100)
    {
        var sweep = Store.BeginSweep();
        var blocks = new List<SweptBlock>();
        while (Store.Sweep(sweep, recordsAtOnce, blocks))
            Assert.False(sweep.IsDone);
        return blocks;
    }

    public SweptBlock Swept(string key) => Assert.Single(SweepAll(), block => block.Key.Span.SequenceEqual(Key(key)));

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
