using KvOrleans.Grains.Replication;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>Which silos have handed over.</summary>
public sealed class HandoffBookTests
{
    private readonly FixedMap _map = new(1, Maps.Of(10, 1, 2, 3));
    private readonly HandoffBook _book;

    public HandoffBookTests() => _book = new(_map);

    [Fact]
    public void Pending_UntilEachHasSaidSo_AreTheOtherSilos()
    {
        Assert.Equal([2UL, 3], Pending());

        _book.Done(Maps.Life(2), _map.Current.Position);

        Assert.Equal([3UL], Pending());
        _book.Done(Maps.Life(3), _map.Current.Position);
        Assert.Empty(Pending());
    }

    [Fact]
    public void Pending_OfAMapWithTheSameSilos_InheritsWhatIsDone()
    {
        _book.Done(Maps.Life(2), _map.Current.Position);
        _map.Current = Maps.Of(11, 1, 2, 3);

        Assert.Equal([3UL], Pending());
        _book.Done(Maps.Life(3), Maps.Of(10, 1, 2, 3).Position);
        Assert.Empty(Pending());
    }

    [Fact]
    public void Pending_OfAMapWithOtherSilos_BeginsAgain()
    {
        _book.Done(Maps.Life(2), _map.Current.Position);
        _book.Done(Maps.Life(3), _map.Current.Position);
        Assert.Empty(Pending());

        _map.Current = Maps.Of(11, 1, 2);

        Assert.Equal([2UL], Pending());
        _book.Done(Maps.Life(2), Maps.Of(10, 1, 2, 3).Position);
        Assert.Equal([2UL], Pending());
    }

    [Fact]
    public void Done_ForAMapThatIsNotHereYet_CountsWhenItComes()
    {
        _book.Done(Maps.Life(2), Maps.Of(11, 1, 2).Position);
        Assert.Equal([2UL, 3], Pending());

        _map.Current = Maps.Of(11, 1, 2);

        Assert.Empty(Pending());
    }

    [Fact]
    public void Done_OfAnotherIncarnation_DoesNotCount()
    {
        _book.Done(Maps.Life(2), _map.Current.Position with { Incarnation = 8 });
        _book.Done(Maps.Life(3), _map.Current.Position);

        Assert.Equal([2UL], Pending());
    }

    [Fact]
    public void Pending_OfALoneSilo_IsNobody()
    {
        _map.Current = Maps.Of(12, 1);

        Assert.Empty(Pending());
    }

    private IEnumerable<ulong> Pending() => _book.Pending.Select(silo => silo.Life.Id);
}
