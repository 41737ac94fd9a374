namespace KvOrleans.Storage.Staging;

/// <summary>Staged blocks left for someone else of this process to take, by ticket. Thread-safe.</summary>
/// <remarks>What is here counts against the arena, which bounds it. Whoever deposits must take back what nobody took.</remarks>
public sealed class StagingArea
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, StagedBlock> _deposits = [];

    // A ticket that reaches another store, by a call that was routed there, must name nothing in it: each store begins somewhere else.
    private long _lastTicket = Random.Shared.NextInt64(long.MaxValue / 2);
    private bool _isClosed;

    internal StagingArea()
    {
    }

    /// <summary>Leaves a staged block here.</summary>
    /// <returns>Its ticket, 1 or more, never given twice by one store.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed; the block stays the caller's.</exception>
    public long Deposit(StagedBlock staged)
    {
        ArgumentNullException.ThrowIfNull(staged);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _deposits.Add(++_lastTicket, staged);
            return _lastTicket;
        }
    }

    /// <summary>Takes what was left under a ticket; it is then the caller's.</summary>
    /// <returns>Null for an unknown ticket, and for one that was taken.</returns>
    public StagedBlock? Take(long ticket)
    {
        lock (_lock)
            return _deposits.Remove(ticket, out var staged) ? staged : null;
    }

    /// <summary>Disposes what is left.</summary>
    internal void Close()
    {
        List<StagedBlock> left;
        lock (_lock)
        {
            _isClosed = true;
            left = [.. _deposits.Values];
            _deposits.Clear();
        }

        foreach (var staged in left)
            staged.Dispose();
    }
}
