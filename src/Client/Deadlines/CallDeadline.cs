using System.Collections.Concurrent;

namespace KvOrleans.Client.Deadlines;

/// <summary>The time one call has. Its token is cancelled when the time is over or when the caller cancels; dispose it when the call has ended.</summary>
/// <remarks>
/// The cancellation sources are pooled: a call that keeps its deadline allocates none. Nothing may use the token after
/// <see cref="Dispose"/>, for by then it may belong to another call.
/// </remarks>
internal readonly struct CallDeadline : IDisposable
{
    /// <summary>More than this is taken for this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private const int MostPooled = 256;

    private static readonly ConcurrentQueue<CancellationTokenSource> Pool = new();

    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _link;
    private readonly long _end;

    private CallDeadline(CancellationTokenSource source, TimeSpan within, CancellationToken caller)
    {
        _source = source;
        _caller = caller;
        _end = Environment.TickCount64 + (long)within.TotalMilliseconds;
        _link = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    /// <summary>Cancelled when the call must end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>True when the call must end, for either reason.</summary>
    public bool IsOver => _source.IsCancellationRequested;

    /// <summary>The time that is left, to some milliseconds; less than zero when it is over.</summary>
    public TimeSpan Left => TimeSpan.FromMilliseconds(_end - Environment.TickCount64);

    /// <summary>True when the caller has cancelled the call.</summary>
    public bool IsCancelled => _caller.IsCancellationRequested;

    /// <summary>Starts the clock; <paramref name="within"/> is more than zero.</summary>
    public static CallDeadline Start(TimeSpan within, CancellationToken caller)
    {
        if (!Pool.TryDequeue(out var source))
            source = new();
        within = within < Longest ? within : Longest;
        source.CancelAfter(within);
        return new(source, within, caller);
    }

    /// <summary>Throws when the caller has cancelled the call.</summary>
    public void ThrowIfCancelled() => _caller.ThrowIfCancellationRequested();

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        if (Pool.Count < MostPooled && _source.TryReset())
            Pool.Enqueue(_source);
        else
            _source.Dispose();
    }
}
