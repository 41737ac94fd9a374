using KvOrleans.Grains.Replication;
using KvOrleans.Probes;

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

    [Fact]
    public void Current_OfEveryMap_HasThePendingOfThatVeryMap()
    {
        var before = _book.Current;
        _map.Current = Maps.Of(11, 1, 2);
        var after = _book.Current;

        Assert.Equal((10L, 11L), (before.Map.Id, after.Map.Id));
        Assert.Equal([2UL, 3], before.Pending.Select(silo => silo.Life.Id));
        Assert.Equal([2UL], after.Pending.Select(silo => silo.Life.Id));
        _book.Done(Maps.Life(2), after.Map.Position);
        Assert.Equal([2UL], after.Pending.Select(silo => silo.Life.Id));
        Assert.Empty(_book.Current.Pending);
    }

    [Fact]
    public async Task Current_WhileMapsChange_IsNeverTheMapOfOneAndThePendingOfAnother()
    {
        // Maps with an odd id have silo 2, those with an even one silo 3.
        using var together = new Barrier(2);
        var changing = Task.Factory.StartNew(() =>
        {
            Assert.True(together.SignalAndWait(Eventually.Deadline));
            for (var id = 11L; id < 20_000; id++)
                _map.Current = Maps.Of(id, 1, 2 + (ulong)((id + 1) % 2));
        }, TaskCreationOptions.LongRunning);
        Assert.True(together.SignalAndWait(Eventually.Deadline));
        var last = 0L;
        while (!changing.IsCompleted)
        {
            var state = _book.Current;
            var others = state.Map.Silos.Where(silo => silo.Life.Id != 1);
            Assert.Equal(others, state.Pending);
            Assert.True(state.Map.Id >= last, "no map comes back");
            last = state.Map.Id;
        }

        await changing;
    }

    private IEnumerable<ulong> Pending() => _book.Pending.Select(silo => silo.Life.Id);
}
