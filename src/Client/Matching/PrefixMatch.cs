namespace KvOrleans.Client.Matching;

/// <summary>The longest leading run of a chain that was present, with a lease on it. Immutable but for its release; thread-safe.</summary>
public sealed class PrefixMatch : IAsyncDisposable
{
    private MatchLeases? _leases;

    internal PrefixMatch(IReadOnlyList<MatchedBlock> blocks, TimeSpan lease, MatchLeases? leases)
    {
        Blocks = blocks;
        Lease = lease;
        _leases = leases;
    }

    /// <summary>A match of nothing.</summary>
    public static PrefixMatch Empty { get; } = new([], TimeSpan.Zero, null);

    /// <summary>The leading run, in chain order.</summary>
    public IReadOnlyList<MatchedBlock> Blocks { get; }

    /// <summary>The shortest lease that a silo granted, from when it answered.</summary>
    public TimeSpan Lease { get; }

    /// <summary>Ends the lease without waiting for the silos' answers; the second time does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        TakeLeases()?.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The leases, once.</summary>
    internal MatchLeases? TakeLeases() => Interlocked.Exchange(ref _leases, null);
}
