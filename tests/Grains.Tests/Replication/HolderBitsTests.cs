using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>64 bits for lives that come and go: none ever stands for two.</summary>
public sealed class HolderBitsTests : IDisposable
{
    private static readonly BlockKey Key = BlockKey.From("kv:block");
    private static readonly BlockVersion Version = new(1, new(1), 1);

    private readonly BlockStore _store = new(new() { MemoryBytes = 4 << 20 }, new LruEvictionPolicy(), TimeProvider.System);
    private readonly HolderBits _bits;

    public HolderBitsTests()
    {
        _bits = new(_store);
        var staged = _store.TryStage(0)!;
        Assert.True(_store.TryPublish(Key.Span, null, staged, Version, null));
    }

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Add_OfLivesOfTheMap_SetsABitEach()
    {
        _bits.Follow(Maps.Of(1, 1, 2, 3));

        Assert.True(_bits.Add(Key, Version, Maps.Life(2)));
        Assert.True(_bits.Add(Key, Version, Maps.Life(3)));

        Assert.NotEqual(_bits.MaskOf(Maps.Life(2)), _bits.MaskOf(Maps.Life(3)));
        Assert.Equal(_bits.MaskOf(Maps.Life(2)) | _bits.MaskOf(Maps.Life(3)), _store.HoldersOf(Key.Span, Version));
        Assert.False(_bits.Add(Key, Version, Maps.Life(4)));
    }

    [Fact]
    public void Add_OfALifeThatIsGone_IsRefusedUntilAndAfterItIsForgotten()
    {
        _bits.Follow(Maps.Of(1, 1, 2));
        _bits.Add(Key, Version, Maps.Life(2));

        _bits.Follow(Maps.Of(2, 1));

        Assert.Equal(0UL, _bits.Live);
        Assert.Equal(0UL, _bits.MaskOf(Maps.Life(2)));
        Assert.False(_bits.Add(Key, Version, Maps.Life(2)));
        Assert.NotEqual(0UL, _store.HoldersOf(Key.Span, Version));
        _bits.ForgetGone();
        Assert.Equal(0UL, _store.HoldersOf(Key.Span, Version));
        Assert.False(_bits.Add(Key, Version, Maps.Life(2)));
    }

    [Fact]
    public void Add_OfMoreLivesThanBits_GivesABitAgainOnlyWhenItIsForgotten()
    {
        ulong[] first = [.. Enumerable.Range(1, 64).Select(life => (ulong)life)];
        _bits.Follow(Maps.Of(1, first));
        Assert.All(first, life => Assert.True(_bits.Add(Key, Version, Maps.Life(life))));

        _bits.Follow(Maps.Of(2, 100));

        Assert.False(_bits.Add(Key, Version, Maps.Life(100)));
        _bits.ForgetGone();
        Assert.True(_bits.Add(Key, Version, Maps.Life(100)));
        Assert.Equal(_bits.MaskOf(Maps.Life(100)), _store.HoldersOf(Key.Span, Version));
    }
}
