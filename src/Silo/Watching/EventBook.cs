using System.Collections.Immutable;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>The last events of this silo, over all its lives. Bounded; thread-safe. Never holds a key.</summary>
internal sealed class EventBook(TimeProvider time)
{
    /// <summary>Events that are kept.</summary>
    public const int Capacity = 200;

    private const int MostText = 200;

    private readonly Lock _lock = new();
    private readonly Queue<(SiloEvent Event, long At)> _events = new(Capacity);
    private long _last;

    /// <summary>Something happened now.</summary>
    public void Add(SiloEventKind kind, string about = "", long count = 0)
    {
        lock (_lock)
        {
            if (_events.Count == Capacity)
                _events.Dequeue();
            _events.Enqueue((new(++_last, kind, about.Length <= MostText ? about : about[..MostText], count, 0), time.GetTimestamp()));
        }
    }

    /// <summary>The events behind a number, with their age, the earliest first.</summary>
    public ImmutableArray<SiloEvent> After(long number)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            return [.. from one in _events
                       where one.Event.Number > number
                       select one.Event with { AgeMilliseconds = (long)time.GetElapsedTime(one.At, now).TotalMilliseconds }];
        }
    }
}
