using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>What the watcher knows of a silo. Not thread-safe.</summary>
internal sealed class KnownSilo(SiloDescriptor silo)
{
    private readonly Queue<SiloSample> _samples = new(SampleRing.Capacity);
    private readonly Queue<(SiloEvent Event, long At)> _events = new(EventBook.Capacity);

    /// <summary>As the cluster map has it, or had it last.</summary>
    public SiloDescriptor Silo { get; private set; } = silo;

    /// <summary>What it told last; null: nothing yet.</summary>
    public SiloSnapshot? Last { get; private set; }

    /// <summary>When it told that.</summary>
    public long ToldAt { get; private set; }

    /// <summary>Since when it is in the map no more; null while it is.</summary>
    public long? GoneAt { get; set; }

    /// <summary>The question to it that is under way, or the last one.</summary>
    public Task Question { get; set; } = Task.CompletedTask;

    /// <summary>The number of its last event that is known.</summary>
    public long EventNumber { get; private set; }

    /// <summary>How many of its seconds are new since <see cref="Settle"/>.</summary>
    public int NewSamples { get; private set; }

    /// <summary>How many of its events are new since <see cref="Settle"/>.</summary>
    public int NewEvents { get; private set; }

    /// <summary>Its last minutes.</summary>
    public IReadOnlyCollection<SiloSample> Samples => _samples;

    /// <summary>Its last events, and when they were.</summary>
    public IReadOnlyCollection<(SiloEvent Event, long At)> Events => _events;

    /// <summary>The map has it; another life of it counts anew.</summary>
    public void IsIn(SiloDescriptor current)
    {
        GoneAt = null;
        if (current.Life != Silo.Life)
        {
            // It tells again what happened, of earlier lives too where its process is the same.
            (Last, EventNumber, NewEvents) = (null, 0, 0);
            _events.Clear();
        }

        Silo = current;
    }

    /// <summary>It told something.</summary>
    /// <param name="life">Which life of it did: what an earlier one says is passed by.</param>
    /// <param name="snapshot">What it told.</param>
    /// <param name="now">The time.</param>
    /// <param name="frequency">Ticks of it in a second.</param>
    public void Take(SiloLife life, SiloSnapshot snapshot, long now, long frequency)
    {
        if (life != Silo.Life)
            return;
        (Last, ToldAt) = (snapshot, now);
        foreach (var sample in snapshot.Samples)
            Add(_samples, sample, SampleRing.Capacity);
        NewSamples = Math.Min(_samples.Count, NewSamples + snapshot.Samples.Length);
        foreach (var one in snapshot.Events.Where(one => one.Number > EventNumber))
        {
            Add(_events, (one, now - (one.AgeMilliseconds * frequency / 1000)), EventBook.Capacity);
            NewEvents = Math.Min(_events.Count, NewEvents + 1);
            EventNumber = one.Number;
        }
    }

    /// <summary>What is new has been shown.</summary>
    public void Settle() => (NewSamples, NewEvents) = (0, 0);

    private static void Add<T>(Queue<T> queue, T one, int most)
    {
        if (queue.Count == most)
            queue.Dequeue();
        queue.Enqueue(one);
    }
}
