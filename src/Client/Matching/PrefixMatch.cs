using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>The longest leading run of a chain that was present, with a lease on it. Immutable but for its release; thread-safe.</summary>
public sealed class PrefixMatch : IAsyncDisposable
{
    // One silo for all blocks, or one for each.
    private readonly SiloLink? _holder;
    private readonly SiloLink?[]? _holders;
    private MatchLeases? _leases;

    internal PrefixMatch(
        IReadOnlyList<MatchedBlock> blocks, TimeSpan lease, MatchLeases? leases, bool isComplete = true, SiloLink? holder = null, SiloLink?[]? holders = null)
    {
        _holder = holder;
        _holders = holders;
        Blocks = blocks;
        Lease = lease;
        IsComplete = isComplete;
        _leases = leases;
    }

    /// <summary>A match of nothing: everything that could be asked was, and has none of it.</summary>
    public static PrefixMatch Empty { get; } = new([], TimeSpan.Zero, null);

    /// <summary>A match of nothing: the cache could not be asked.</summary>
    internal static PrefixMatch Unknown { get; } = new([], TimeSpan.Zero, null, isComplete: false);

    /// <summary>The leading run, in chain order.</summary>
    public IReadOnlyList<MatchedBlock> Blocks { get; }

    /// <summary>The shortest lease that a silo granted, from when it answered.</summary>
    public TimeSpan Lease { get; }

    /// <summary>
    /// Whether everything that could be asked for the block behind <see cref="Blocks"/> was asked, so that it is a miss: its owner says that it is absent; or
    /// the owner waits for others' handoffs, and none of those has it; or the owner cannot be reached, and none of the other silos that may have a copy
    /// has it. Also true when there is no block behind.
    /// </summary>
    /// <remarks>
    /// False: the cache could not tell, and to ask again may help. The deadline passed before an answer came, a silo refused, the owner is there and may not
    /// say just now, or no silo answered at all. The leading run that was found can be used either way.
    /// </remarks>
    public bool IsComplete { get; }

    /// <summary>Ends the lease without waiting for the silos' answers; the second time does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        TakeLeases()?.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The silo that has leased block <paramref name="index"/>; null when it is not known.</summary>
    internal SiloLink? HolderOf(int index) => _holders is null ? _holder : _holders[index];

    /// <summary>The leases, once.</summary>
    internal MatchLeases? TakeLeases() => Interlocked.Exchange(ref _leases, null);
}
