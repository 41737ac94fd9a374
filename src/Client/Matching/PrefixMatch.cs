using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;

namespace KvOrleans.Client.Matching;

/// <summary>The longest leading run of a chain that was present, with a lease on it. What was found is immutable; the lease can be extended and released. Thread-safe.</summary>
public sealed class PrefixMatch : IAsyncDisposable
{
    // One silo for all blocks, or one for each.
    private readonly SiloLink? _holder;
    private readonly SiloLink?[]? _holders;
    private MatchLeases? _leases;
    private long _lease;

    internal PrefixMatch(
        IReadOnlyList<MatchedBlock> blocks, TimeSpan lease, MatchLeases? leases, bool isComplete = true, SiloLink? holder = null, SiloLink?[]? holders = null)
    {
        _holder = holder;
        _holders = holders;
        Blocks = blocks;
        _lease = lease.Ticks;
        IsComplete = isComplete;
        _leases = leases;
    }

    /// <summary>A match of nothing: everything that could be asked was, and has none of it.</summary>
    public static PrefixMatch Empty { get; } = new([], TimeSpan.Zero, null);

    /// <summary>A match of nothing: the cache could not be asked.</summary>
    internal static PrefixMatch Unknown { get; } = new([], TimeSpan.Zero, null, isComplete: false);

    /// <summary>A match of nothing: a digest ruled out the first block, and nobody was asked.</summary>
    internal static PrefixMatch RuledOut { get; } = new([], TimeSpan.Zero, null) { IsByDigest = true };

    /// <summary>The leading run, in chain order.</summary>
    public IReadOnlyList<MatchedBlock> Blocks { get; }

    /// <summary>The shortest lease that a silo granted, from when it answered; after <see cref="ExtendAsync"/>, what was left then of the shortest that goes on.</summary>
    public TimeSpan Lease => new(Volatile.Read(ref _lease));

    /// <summary>
    /// How many leading blocks are leased, or kept in the near cache, as far as is known: all of <see cref="Blocks"/> until <see cref="ExtendAsync"/> finds that a lease has ended, none once the
    /// match was released. A block that is not leased can be read as long as its silo has it.
    /// </summary>
    public int LeasedBlocks => Volatile.Read(ref _leases) is { } leases ? Math.Min(Blocks.Count, leases.Kept) : 0;

    /// <summary>
    /// Whether everything that could be asked for the block behind <see cref="Blocks"/> was asked, so that it is a miss: its owner says that it is absent; or
    /// the owner waits for others' handoffs, and none of those has it; or the owner cannot be reached, and none of the other silos that may have a copy
    /// has it; or a digest ruled it out. Also true when there is no block behind.
    /// </summary>
    /// <remarks>
    /// False: the cache could not tell, and to ask again may help. The deadline passed before an answer came, a silo refused, the owner is there and may not
    /// say just now, or no silo answered at all. The leading run that was found can be used either way.
    /// </remarks>
    public bool IsComplete { get; }

    /// <summary>
    /// Whether it was a digest that ruled out the block behind <see cref="Blocks"/>, and no silo was asked for it: what another node has written in the last moments is not seen.
    /// <see cref="MatchOptions.Certain"/> asks all the same.
    /// </summary>
    public bool IsByDigest { get; internal set; }

    /// <summary>Asks for more time: each silo of the match once, all at the same time.</summary>
    /// <param name="lease">How long the blocks must stay from now on. A silo may grant less, and all in all a lease lasts ten times <c>Leases:MaxDuration</c> at most.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// How many leading blocks are leased from now on, for <see cref="Lease"/> at least. Where a lease had ended it is the run before that silo's first block; what is behind it is released. A silo that
    /// refuses or does not answer in time counts with what is left of the lease that it had. 0 when the match was released.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lease"/> is less than 1 ms.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<int> ExtendAsync(TimeSpan lease, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lease, TimeSpan.FromMilliseconds(1));
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _leases) is not { } leases)
            return 0;
        var within = deadline ?? leases.DefaultDeadline;
        if (within <= TimeSpan.Zero)
            return LeasedBlocks;

        using var time = CallDeadline.Start(within, cancellationToken);
        var left = await leases.ExtendAsync(lease, time).ConfigureAwait(false);
        time.ThrowIfCancelled();
        Volatile.Write(ref _lease, left.Ticks);
        return LeasedBlocks;
    }

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
