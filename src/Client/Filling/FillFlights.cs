using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>Which blocks callers of this client ask for, wait for or compute. Thread-safe.</summary>
/// <remarks>
/// Who misses a block that a flight stands for waits for that flight and has none himself; who has a flight waits for none. So no two wait for each other. Blocks are computed from the first that is
/// missing to the end of the chain, so only the first is waited for: a caller whose first missing block is free computes all of his own, those that another flight stands for too. When that one
/// ends he stands for them.
/// </remarks>
internal sealed class FillFlights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockKey, FillFlight> _flights = [];
    private readonly List<FillFlight> _sharing = [];

    /// <summary>Begins a flight for <paramref name="keys"/>, or finds the one that stands for the first of them.</summary>
    /// <param name="keys">Blocks, one or more.</param>
    /// <param name="flight">The flight.</param>
    /// <param name="turn">Ends when there is news of the first of the blocks: it is here, or it is another caller's turn.</param>
    /// <returns>True when it was begun: then it must be ended by <see cref="End"/>.</returns>
    public bool TryBegin(ReadOnlyMemory<BlockKey> keys, out FillFlight flight, out Task turn)
    {
        lock (_gate)
        {
            var isFree = !_flights.TryGetValue(keys.Span[0], out flight!);
            if (isFree)
                flight = Add(keys);
            turn = flight.Turn;
            return isFree;
        }
    }

    /// <summary>Begins a flight for <paramref name="keys"/> of a caller who waits no longer, whoever stands for them.</summary>
    public FillFlight Begin(ReadOnlyMemory<BlockKey> keys)
    {
        lock (_gate)
            return Add(keys);
    }

    /// <summary>The blocks before <paramref name="left"/>, which is the end of the flight's keys, are here.</summary>
    public void Narrow(FillFlight flight, ReadOnlyMemory<BlockKey> left)
    {
        lock (_gate)
        {
            Leave(flight, flight.Keys.Span[..^left.Length]);
            flight.Narrow(left);
        }
    }

    /// <summary>Those of <paramref name="keys"/>, which are the flight's, that no other flight is about.</summary>
    public BlockKey[] OnlyOf(FillFlight flight, ReadOnlySpan<BlockKey> keys)
    {
        var only = new List<BlockKey>(keys.Length);
        lock (_gate)
        {
            foreach (var key in keys)
            {
                if (_flights.GetValueOrDefault(key) == flight && HeirOf(key) is null)
                    only.Add(key);
            }
        }

        return [.. only];
    }

    /// <summary>Ends a flight.</summary>
    public void End(FillFlight flight)
    {
        lock (_gate)
        {
            Leave(flight, flight.Keys.Span);
            _sharing.Remove(flight);
            flight.End();
        }
    }

    private FillFlight Add(ReadOnlyMemory<BlockKey> keys)
    {
        var flight = new FillFlight(keys);
        foreach (var key in keys.Span)
        {
            // The same key may be in a chain several times.
            if (!_flights.TryAdd(key, flight) && _flights[key] != flight)
                flight.Shared.Add(key);
        }

        if (flight.Shared.Count > 0)
            _sharing.Add(flight);
        return flight;
    }

    private void Leave(FillFlight flight, ReadOnlySpan<BlockKey> keys)
    {
        foreach (var key in keys)
        {
            if (flight.Shared.Remove(key) || _flights.GetValueOrDefault(key) != flight)
                continue;
            if (HeirOf(key) is not { } heir)
            {
                _flights.Remove(key);
                continue;
            }

            heir.Shared.Remove(key);
            _flights[key] = heir;
        }
    }

    private FillFlight? HeirOf(BlockKey key)
    {
        foreach (var flight in _sharing)
        {
            if (flight.Shared.Contains(key))
                return flight;
        }

        return null;
    }
}
