namespace KvOrleans.Client.Matching;

/// <summary>The longest leading run of a chain that was present, with a lease on it. Immutable but for its release; thread-safe.</summary>
public sealed class PrefixMatch : IAsyncDisposable
{
    private MatchLeases? _leases;

    internal PrefixMatch(IReadOnlyList<MatchedBlock> blocks, TimeSpan lease, MatchLeases? leases, bool isComplete = true)
    {
        Blocks = blocks;
        Lease = lease;
        IsComplete = isComplete;
        _leases = leases;
    }

    /// <summary>A match of nothing: the cache was asked, and has none of it.</summary>
    public static PrefixMatch Empty { get; } = new([], TimeSpan.Zero, null);

    /// <summary>A match of nothing: the cache could not be asked.</summary>
    internal static PrefixMatch Unknown { get; } = new([], TimeSpan.Zero, null, isComplete: false);

    /// <summary>The leading run, in chain order.</summary>
    public IReadOnlyList<MatchedBlock> Blocks { get; }

    /// <summary>The shortest lease that a silo granted, from when it answered.</summary>
    public TimeSpan Lease { get; }

    /// <summary>
    /// Whether every silo that was to be asked has answered. False: one was not reached, refused, or took longer than the deadline,
    /// so that what is missing from <see cref="Blocks"/> may be in the cache all the same.
    /// </summary>
    public bool IsComplete { get; }

    /// <summary>Ends the lease without waiting for the silos' answers; the second time does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        TakeLeases()?.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The leases, once.</summary>
    internal MatchLeases? TakeLeases() => Interlocked.Exchange(ref _leases, null);
}
