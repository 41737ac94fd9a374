using KvOrleans.Client.Heat;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Heat;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Near;

// Meters are the process's: who reads one waits for the others.
[Collection("Hot blocks")]
public sealed class NearCacheTests : IDisposable
{
    private const int Length = 1000;

    private static readonly BlockVersion Version = new(1, new(1), 1);
    private static readonly BlockVersion Later = new(1, new(1), 2);

    private readonly PrefixCacheClientMetrics _metrics = new();
    private readonly ChoiceLinks _links = new(2);
    private readonly NearCache _cache;

    public NearCacheTests() => _cache = new(4 * Length, _links.Clock, _metrics);

    public void Dispose()
    {
        _cache.Dispose();
        _links.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Find_AListNamesIt_IsWhatWasKept()
    {
        List(1);
        Keep(0);

        Assert.Equal(Payload(0), Read(0));
        Assert.Null(Read(1));
        Assert.Equal(Length, _cache.HeldBytes);
    }

    [Fact]
    public void Keep_NoListNamesIt_IsNot()
    {
        Keep(0);
        List(1);
        Keep(1);
        Keep(0, Later);
        Assert.True(_cache.IsEmpty);

        _links.Clock.Advance(NearCache.Freshness);
        Keep(0);

        Assert.True(_cache.IsEmpty);
        Assert.Equal(0, _cache.HeldBytes);
    }

    [Fact]
    public void Keep_BytesAreNotThoseOfTheChecksum_IsNot()
    {
        List(1);

        _cache.Keep(_links.View, Key(0), Version, BlockChecksum.Of(Payload(1)), Payload(0));

        Assert.True(_cache.IsEmpty);
        Assert.Equal(0, _cache.HeldBytes);
    }

    [Fact]
    public void Find_TheListIsOld_IsNotServedUntilItIsFreshAgain()
    {
        List(1);
        Keep(0);
        _links.Clock.Advance(NearCache.Freshness - TimeSpan.FromTicks(1));
        Assert.NotNull(Read(0));

        _links.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(Read(0));

        List(1);
        Assert.NotNull(Read(0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Find_TheListDoesNotNameItAnyMore_IsNeverServedAgain(bool isAnother)
    {
        List(1);
        Keep(0);

        if (isAnother)
            List(1, Later);
        else
            List(0);

        Assert.Null(Read(0));
        _cache.Sweep(_links.View);
        List(1);
        Assert.Null(Read(0));
        Assert.Equal(0, _cache.HeldBytes);
    }

    [Fact]
    public void Keep_ALaterVersion_TakesThePlaceOfTheFormer()
    {
        List(1);
        Keep(0);
        List(1, Later);
        Keep(0, Later);

        Assert.NotNull(Read(0, Later));
        Assert.Null(Read(0, Version));
        Assert.Equal(Length, _cache.HeldBytes);
    }

    [Fact]
    public void Find_TheKeyHasAnotherOwnerNow_IsServedOnlyIfThatOneNamesIt()
    {
        List(1);
        Keep(0);
        var owner = _links.View.OwnerOf(Key(0))!;
        var other = _links.View.Links.Single(link => link != owner);
        var view = new Client.Routing.ClusterView(ScriptedControlPlane.MapOf(2, other.Silo), [other]);
        other.Heat.Drop();

        Assert.Null(_cache.Find(view, Key(0)));

        other.Heat.Take(new(9, 0, [Entry(0, Version)]), _links.Clock.GetTimestamp());
        Assert.NotNull(Take(view));
    }

    [Fact]
    public void Keep_NoRoom_TheLeastUsedGoesFirst()
    {
        List(8);
        for (var i = 0; i < 4; i++)
            Keep(i);
        foreach (var i in new[] { 0, 1, 3, 0, 1, 3, 2 })
            Assert.NotNull(Read(i));

        Keep(4);

        Assert.Equal([0, 1, 3, 4], Enumerable.Range(0, 8).Where(i => Read(i) is not null));
        Assert.Equal(4 * Length, _cache.HeldBytes);
    }

    [Fact]
    public void Keep_AllIsPinned_IsNot()
    {
        List(8);
        var pins = new List<NearBlock>();
        for (var i = 0; i < 4; i++)
        {
            Keep(i);
            pins.Add(_cache.Find(_links.View, Key(i))!);
        }

        Keep(4);
        Assert.Null(Read(4));
        Assert.Equal(4 * Length, _cache.HeldBytes);

        // What nobody names any more is let go of, and its memory counts until nobody has it.
        List(0);
        _cache.Sweep(_links.View);
        Assert.True(_cache.IsEmpty);
        Assert.Equal(4 * Length, _cache.HeldBytes);
        Assert.Equal(Payload(2), pins[2].Bytes);
        List(8);
        Keep(4);
        Assert.Null(Read(4));

        pins[0].Unpin();
        Assert.Equal(3 * Length, _cache.HeldBytes);
        Keep(4);
        Assert.NotNull(Read(4));
        pins[1..].ForEach(pin => pin.Unpin());
        Assert.Equal(Length, _cache.HeldBytes);
    }

    [Fact]
    public void Keep_LargerThanAll_IsNot()
    {
        List(1);

        _cache.Keep(_links.View, Key(0), Version, BlockChecksum.Of(new byte[(4 * Length) + 1]), new byte[(4 * Length) + 1]);

        Assert.True(_cache.IsEmpty);
    }

    [Fact]
    public void Dispose_IsAtZeroWhenTheLastIsUnpinned()
    {
        List(2);
        Keep(0);
        Keep(1);
        var pinned = _cache.Find(_links.View, Key(0))!;

        _cache.Dispose();
        Assert.Equal(Length, _cache.HeldBytes);
        Keep(1);
        Assert.Null(Read(1));
        pinned.Unpin();

        Assert.Equal(0, _cache.HeldBytes);
    }

    [Fact]
    public void Pins_ThatAreLost_AreReleasedWhenTheyAreCollected()
    {
        List(2);
        Keep(0);
        Keep(1);
        Lose();
        _cache.Dispose();

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, _cache.HeldBytes);
    }

    [Fact]
    public void TryRead_APartAndTooSmallADestination()
    {
        List(1);
        Keep(0);
        var part = new byte[10];

        Assert.Equal(new(BlockReadOutcome.Hit, Version, 10), _cache.TryRead(_links.View, new(Key(0), Version, 990), part));
        Assert.Equal(Payload(0)[990..], part);
        Assert.Null(_cache.TryRead(_links.View, new(Key(0), Version, 991), part));
        Assert.Equal(new(BlockReadOutcome.DestinationTooSmall, Version, Length), _cache.TryRead(_links.View, new(Key(0)), part));
        Assert.Null(_cache.TryRead(_links.View, new(Key(0), Later), part));
    }

    [Fact]
    public async Task ManyAtOnce_ReadWhatWasKept_AndAllIsFreed()
    {
        List(8);
        var (served, most) = (0, 0L);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5000; i++)
            {
                var key = random.Next(8);
                if (random.Next(100) == 0)
                    _cache.Sweep(random.Next(2) == 0 ? null : _links.View);
                else if (Read(key) is { } bytes)
                {
                    Assert.Equal(Payload(key), bytes);
                    Interlocked.Increment(ref served);
                }
                else
                    Keep(key);
                if (_cache.HeldBytes is var held && held > Volatile.Read(ref most))
                    Volatile.Write(ref most, held);
            }
        })));

        Assert.InRange(most, Length, 4 * Length);
        Assert.True(served > 100);
        _cache.Dispose();
        Assert.Equal(0, _cache.HeldBytes);
    }

    private static BlockKey Key(int i) => BlockKey.From($"kv:m/{i:x4}");

    private static byte[] Payload(int i) => TestClient.Bytes(Length, seed: i);

    private static HotEntry Entry(int i, BlockVersion version) => new(Key(i), version, Length, 0, []);

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private void Lose() => Assert.Equal(2, NearPins.Of([Key(0), Key(5), Key(1)], key => _cache.Find(_links.View, key))!.Count);

    private NearBlock? Take(Client.Routing.ClusterView view)
    {
        var block = _cache.Find(view, Key(0));
        block?.Unpin();
        return block;
    }

    /// <summary>Both silos list the first keys.</summary>
    private void List(int count, BlockVersion? version = null)
    {
        for (var i = 0; i < 2; i++)
            _links[i].Heat.Take(new(9, 0, [.. Enumerable.Range(0, count).Select(key => Entry(key, version ?? Version))]), _links.Clock.GetTimestamp());
    }

    private void Keep(int i, BlockVersion? version = null) => _cache.Keep(_links.View, Key(i), version ?? Version, BlockChecksum.Of(Payload(i)), Payload(i));

    private byte[]? Read(int i, BlockVersion version = default)
    {
        var bytes = new byte[Length];
        return _cache.TryRead(_links.View, new(Key(i), version), bytes) is { IsHit: true } ? bytes : null;
    }
}
