using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>Which blocks a caller of this client asks for, waits for or computes. Thread-safe.</summary>
internal sealed class FillFlights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockKey, FillFlight> _flights = [];

    /// <summary>Begins a flight for <paramref name="key"/>, or finds the one that there is.</summary>
    /// <returns>True when it was begun: then it must be ended by <see cref="End"/>.</returns>
    public bool TryBegin(BlockKey key, out FillFlight flight)
    {
        lock (_gate)
        {
            if (_flights.TryGetValue(key, out flight!))
                return false;
            _flights.Add(key, flight = new(key));
            return true;
        }
    }

    /// <summary>Ends a flight.</summary>
    public void End(FillFlight flight)
    {
        lock (_gate)
            _flights.Remove(flight.Key);
        flight.End();
    }
}
