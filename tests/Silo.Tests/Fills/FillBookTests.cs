using System.Diagnostics.Metrics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Probes.Clocks;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Fills;

public sealed class FillBookTests : IDisposable
{
    private const ulong Us = 1;
    private const long Ann = 7;
    private const long Ben = 8;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly KeyId Key = KeyId.Of("kv:m/1"u8);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private readonly FillBook _book;

    public FillBookTests() => _book = new(new FixedMap(FixedMap.Of(1, Us), new(Us)), new KvOrleansOptions(), _services.GetRequiredService<IMeterFactory>(), _time);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Take_OfWhatNobodyHas_IsYours()
    {
        Assert.Equal(new(IsYours: true, IsNew: true, Second), Take(Ann, Key, Second));
        Assert.Equal(1, _book.Count);
        Assert.Equal(1000, Take(Ann, Key, Second).Milliseconds);
    }

    [Fact]
    public void Take_OfWhatAnotherHas_SaysForHowLong()
    {
        Take(Ann, Key, Second);
        _time.Advance(TimeSpan.FromMilliseconds(400.5));

        Assert.Equal(-600, Take(Ben, Key, Second).Milliseconds);
        Assert.Equal(1, _book.Waits);
    }

    [Fact]
    public void Take_WhenItsTimeIsOver_IsSomebodyElses()
    {
        Take(Ann, Key, Second);
        _time.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Equal(-1, Take(Ben, Key, Second).Milliseconds);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(Take(Ben, Key, Second).IsNew);
        Assert.False(Take(Ann, Key, Second).IsYours);
        Assert.False(_book.GiveUp(Ann, Key));
        _book.EndAll(Ann);
        Assert.False(Take(Ann, Key, Second).IsYours);
    }

    [Fact]
    public void Take_Again_Renews()
    {
        Take(Ann, Key, Second);
        _time.Advance(Second / 2);
        Assert.Equal(new(IsYours: true, IsNew: false, 2 * Second), Take(Ann, Key, 2 * Second));
        _time.Advance(Second);

        Assert.Equal(-1000, Take(Ben, Key, Second).Milliseconds);
        Assert.Equal((1, 1), (_book.Count, _book.Granted));
    }

    [Fact]
    public void GiveUp_ByAnother_DoesNothing()
    {
        Take(Ann, Key, Second);

        Assert.False(_book.GiveUp(Ben, Key));
        Assert.False(Take(Ben, Key, Second).IsYours);
        Assert.True(_book.GiveUp(Ann, Key));
        Assert.True(Take(Ben, Key, Second).IsYours);
    }

    [Fact]
    public void EndAll_OfAConnection_LeavesTheOthers()
    {
        var other = KeyId.Of("kv:m/2"u8);
        Take(Ann, Key, Second);
        Take(Ben, other, Second);

        _book.EndAll(Ann);

        Assert.True(Take(Ben, Key, Second).IsYours);
        Assert.False(Take(Ann, other, Second).IsYours);
        Assert.Equal(2, _book.Count);
    }

    [Fact]
    public void Take_BeyondTheBoundOfAConnection_IsYoursAndNotRecorded()
    {
        for (var i = 0; i < FillBook.MostOfOne; i++)
            Assert.True(Take(Ann, IdOf(i), Second).IsNew);

        Assert.Equal(new(IsYours: true, IsNew: false, Second), Take(Ann, Key, Second));
        Assert.Equal((FillBook.MostOfOne, 1), (_book.Count, _book.Unrecorded));
        Assert.True(Take(Ben, Key, Second).IsNew);
        Assert.True(_book.GiveUp(Ann, IdOf(0)));
        Assert.True(Take(Ann, IdOf(0), Second).IsNew);
    }

    [Fact]
    public void Take_BeyondTheBoundOfAll_IsYoursAndNotRecordedUntilSomeHaveEnded()
    {
        for (var i = 0; i < FillBook.Most; i++)
            Assert.True(Take(i / FillBook.MostOfOne, IdOf(i), Second).IsNew);

        Assert.Equal(new(IsYours: true, IsNew: false, Second), Take(99, Key, Second));
        Assert.Equal(FillBook.Most, _book.Count);
        _book.DropEnded();
        Assert.Equal(FillBook.Most, _book.Count);
        _time.Advance(Second);
        _book.DropEnded();
        Assert.Equal(0, _book.Count);
        Assert.True(Take(99, Key, Second).IsNew);
    }

    [Fact]
    public void MapInstalled_KeysThatAreAnothersNow_Go()
    {
        var (before, after) = (FixedMap.Of(1, Us), FixedMap.Of(2, Us, 2));
        var keys = Enumerable.Range(0, 100).Select(IdOf).ToList();
        keys.ForEach(key => Take(Ann, key, Second));

        _book.MapInstalled(before, after);

        var kept = keys.Where(key => after.Silos[Rendezvous.OwnerOf(key, after)].Life == new SiloLife(Us)).ToList();
        Assert.InRange(kept.Count, 1, 99);
        Assert.Equal(kept.Count, _book.Count);
        Assert.All(kept, key => Assert.False(Take(Ben, key, Second).IsYours));
    }

    [Fact]
    public void Take_ByAMapThatIsOver_IsNotRecorded()
    {
        var generation = _book.Generation;
        _book.MapInstalled(FixedMap.Of(1, Us), FixedMap.Of(2, Us, 2));

        Assert.Equal(new(IsYours: true, IsNew: false, Second), _book.Take(Ann, Key, Second, _time.GetTimestamp(), generation));
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void Shorten_LongerThanTheLongest_IsTheLongest()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), _book.Shorten(TimeSpan.FromSeconds(61)));
        Assert.Equal(Second, _book.Shorten(Second));
    }

    private static KeyId IdOf(int number) => KeyId.Of(System.Text.Encoding.ASCII.GetBytes($"kv:m/many/{number}"));

    private FillAnswer Take(long connection, KeyId key, TimeSpan duration) => _book.Take(connection, key, duration, _time.GetTimestamp(), _book.Generation);
}
