using KvOrleans.Client.Filling;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Filling;

public sealed class FillFlightsTests
{
    private readonly BlockKey[] _keys = TestClient.Chain(10);
    private readonly FillFlights _flights = new();

    [Fact]
    public void TryBegin_AnyOfAFlightsKeysComesFirst_FindsIt()
    {
        Assert.True(_flights.TryBegin(_keys, out var flight, out var turn));

        Assert.All(_keys, key => Assert.False(_flights.TryBegin(new[] { key }, out var found, out _) || found != flight));
        _flights.End(flight);
        Assert.True(turn.IsCompleted);
        Assert.True(_flights.TryBegin(_keys.AsMemory(5), out _, out _));
    }

    [Fact]
    public void End_OfAFlightWhoseKeysAnotherHasToo_ThatOneStandsForThem()
    {
        Assert.True(_flights.TryBegin(_keys.AsMemory(5), out var end, out _));
        Assert.True(_flights.TryBegin(_keys, out var whole, out _));
        var last = _flights.Begin(_keys.AsMemory(8));

        Assert.Equal(_keys[..5], _flights.OnlyOf(whole, _keys));
        Assert.Empty(_flights.OnlyOf(end, _keys.AsSpan(5)));
        _flights.End(end);
        Assert.False(_flights.TryBegin(_keys.AsMemory(6), out var heir, out _));
        Assert.Same(whole, heir);
        Assert.Equal(_keys[..8], _flights.OnlyOf(whole, _keys));
        _flights.End(whole);
        Assert.False(_flights.TryBegin(_keys.AsMemory(9), out heir, out _));
        Assert.Same(last, heir);
        Assert.True(_flights.TryBegin(_keys.AsMemory(7), out var next, out _));
        _flights.End(last);
        _flights.End(next);

        Assert.True(_flights.TryBegin(_keys, out _, out _));
    }

    [Fact]
    public void Narrow_TheFirstAreHere_WakesAndKeepsTheRest()
    {
        Assert.True(_flights.TryBegin(_keys, out var flight, out _));
        Assert.False(_flights.TryBegin(_keys, out _, out var turn));

        _flights.Narrow(flight, _keys.AsMemory(4));

        Assert.True(turn.IsCompleted);
        Assert.False(_flights.TryBegin(_keys.AsMemory(4), out _, out turn));
        Assert.False(turn.IsCompleted);
        Assert.True(_flights.TryBegin(_keys.AsMemory(3), out var other, out _));
        _flights.End(flight);
        _flights.End(other);
        Assert.True(_flights.TryBegin(_keys, out _, out _));
    }
}
