using KvOrleans.Probes.Clocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;

namespace KvOrleans.Storage.Tests.History;

public sealed class DepartureBookTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly NativeHeap _heap = new();
    private readonly DepartureBook _book;

    public DepartureBookTests() => _book = new(_heap, new(_time));

    public void Dispose()
    {
        _book.Dispose();
        Assert.Equal((0, 0), (_heap.Bytes, _heap.Allocations));
    }

    [Theory]
    [InlineData(1 << 10, 0)]
    [InlineData(1 << 19, 0)]
    [InlineData(1 << 10, 13)]
    [InlineData(40, 18)]
    public void Book_AsAModel_KnowsTheLastOfEachKey(int keys, int sharedBits)
    {
        const int Departures = 3 * DepartureBook.Capacity;
        var random = new Random(keys + sharedBits);
        var hashes = new ulong[keys];
        for (var i = 0; i < keys; i++)
            hashes[i] = (ulong)random.NextInt64() >> sharedBits << sharedBits;
        var last = new Dictionary<ulong, int>();

        for (var n = 0; n < Departures; n++)
        {
            var hash = hashes[random.Next(keys)];
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _book.Add(hash, ReasonOf(n), RoleOf(n));
            last[hash] = n;
            if (n % 50_000 == 0)
                AssertKnows(hashes[random.Next(keys)], n + 1);
        }

        var inBuckets = hashes.Take(20_000).GroupBy(hash => hash & (DepartureBook.Capacity - 1)).Max(group => group.Count());
        Assert.InRange(inBuckets, 1, 64);
        foreach (var hash in hashes.Take(20_000))
            AssertKnows(hash, Departures);

        void AssertKnows(ulong hash, int added)
        {
            var isKnown = last.TryGetValue(hash, out var n) && n >= added - DepartureBook.Capacity;
            Assert.Equal(isKnown, _book.TryFind(hash, out var departure));
            if (isKnown)
                Assert.Equal((ReasonOf(n), RoleOf(n), added / 1000 - (n + 1) / 1000), (departure.Reason, departure.Role, (int)departure.Ago.TotalSeconds));
        }
    }

    [Fact]
    public void Book_OfOneKeyThatLeavesAgainAndAgain_KnowsItsNeighbours()
    {
        const ulong Neighbour = 5, Again = 5 + DepartureBook.Capacity;
        _book.Add(Neighbour, DepartureReason.Expired, BlockRole.Last);
        for (var i = 1; i < DepartureBook.Capacity; i++)
            _book.Add(Again, DepartureReason.Removed, BlockRole.Last);

        Assert.True(_book.TryFind(Neighbour, out var departure));
        Assert.Equal(DepartureReason.Expired, departure.Reason);
        _book.Add(Again, DepartureReason.Removed, BlockRole.Last);
        Assert.False(_book.TryFind(Neighbour, out _));
        Assert.True(_book.TryFind(Again, out _));
    }

    [Fact]
    public void Remembers_UntilItIsFull_IsAllSinceTheBegin()
    {
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(100), _book.Remembers);
        for (var i = 0; i < DepartureBook.Capacity; i++)
            _book.Add((ulong)i, DepartureReason.Evicted, BlockRole.Copy);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(110), _book.Remembers);

        _book.Add(1UL << 40, DepartureReason.Evicted, BlockRole.Copy);

        Assert.Equal(TimeSpan.FromSeconds(10), _book.Remembers);
        Assert.False(_book.TryFind(0, out _));
        Assert.True(_book.TryFind(1, out _));
    }

    [Fact]
    public void Bytes_OfADeparture_AreTwenty()
    {
        Assert.Equal((0, 0), (_book.Bytes, _heap.Bytes));

        _book.Add(1, DepartureReason.Evicted, BlockRole.Last);

        Assert.Equal(20 * DepartureBook.Capacity, _book.Bytes);
        Assert.InRange(_heap.Bytes, _book.Bytes, _book.Bytes + 64);
    }

    private static DepartureReason ReasonOf(int number) => (DepartureReason)(number % 6);

    private static BlockRole RoleOf(int number) => (BlockRole)(number / 6 % 2);
}
