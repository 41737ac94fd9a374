using System.Collections.Immutable;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>The last minutes of a silo, second by second. Thread-safe.</summary>
internal sealed class SampleRing
{
    /// <summary>Seconds that are kept.</summary>
    public const int Capacity = 180;

    private readonly Lock _lock = new();
    private readonly SiloSample[] _samples = new SiloSample[Capacity];
    private long _count;

    /// <summary>How many there have been.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Adds the last second.</summary>
    public void Add(in SiloSample sample)
    {
        lock (_lock)
            _samples[_count++ % Capacity] = sample;
    }

    /// <summary>Those behind a number that are still kept, the earliest first, and the number of the last one.</summary>
    public (ImmutableArray<SiloSample> Samples, long Number) After(long number)
    {
        lock (_lock)
        {
            var wanted = (int)Math.Clamp(_count - Math.Max(0, number), 0, Math.Min(_count, Capacity));
            var found = ImmutableArray.CreateBuilder<SiloSample>(wanted);
            for (var at = _count - wanted; at < _count; at++)
                found.Add(_samples[at % Capacity]);
            return (found.MoveToImmutable(), _count);
        }
    }
}
