using KvOrleans.Contracts.Watching;
using KvOrleans.Probes.Clocks;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Silo.Watching;

namespace KvOrleans.Silo.Tests.Watching;

public sealed class EventBookTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void After_ANumber_GivesWhatCameLaterWithItsAge()
    {
        var book = new EventBook(_time);
        book.Add(SiloEventKind.Began);
        book.Add(SiloEventKind.Joined, "b");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([new SiloEvent(2, SiloEventKind.Joined, "b", 0, 2000)], book.After(1));
    }

    [Fact]
    public void Add_BeyondTheCapacity_DropsTheOldest()
    {
        var book = new EventBook(_time);

        for (var i = 0; i < EventBook.Capacity + 5; i++)
            book.Add(SiloEventKind.HotChanged, count: i);

        var kept = book.After(0);
        Assert.Equal(EventBook.Capacity, kept.Length);
        Assert.Equal(6, kept[0].Number);
    }

    [Fact]
    public void Add_ALongText_KeepsItsBeginning()
    {
        var book = new EventBook(_time);

        book.Add(SiloEventKind.LifeOver, new string('x', 100_000));

        Assert.InRange(book.After(0).Single().About.Length, 100, 1000);
    }
}
