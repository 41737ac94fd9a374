using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Matching;

/// <summary>The longest leading run of a chain that was present, with a lease on it. Immutable but for its release; thread-safe.</summary>
public sealed class PrefixMatch : IAsyncDisposable
{
    internal PrefixMatch(IReadOnlyList<MatchedBlock> blocks, TimeSpan lease, Func<ValueTask>? release)
    {
        Blocks = blocks;
        Lease = lease;
        _release = release;
    }

    private Func<ValueTask>? _release;

    /// <summary>A match of nothing.</summary>
    public static PrefixMatch Empty { get; } = new([], TimeSpan.Zero, null);

    /// <summary>The leading run, in chain order.</summary>
    public IReadOnlyList<MatchedBlock> Blocks { get; }

    /// <summary>The shortest lease that a silo granted, from when it answered.</summary>
    public TimeSpan Lease { get; }

    /// <summary>Ends the lease; the second time does nothing.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _release, null)?.Invoke() ?? ValueTask.CompletedTask;
}
