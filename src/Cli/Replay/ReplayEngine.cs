using KvOrleans.Cli.Contents;
using KvOrleans.Cli.Workloads;
using KvOrleans.Client;

namespace KvOrleans.Cli.Replay;

/// <summary>Replays a workload on inference nodes, each with a client of its own.</summary>
/// <remarks>
/// Requests begin in the workload's order, each on the next free node; with one node they are served strictly one after the other. With a
/// speedup a request begins at its time divided by it, or as soon after as a node is free.
/// </remarks>
internal sealed class ReplayEngine
{
    /// <summary>Timers have an upper bound, and a trace may have any pause.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<IPrefixCache> _caches;
    private readonly IWorkload _workload;
    private readonly ReplayOptions _options;
    private readonly TimeProvider _time;
    private readonly ReplayKeys _keys;
    private readonly BlockContent _content = new();

    private long _started;

    public ReplayEngine(IReadOnlyList<IPrefixCache> caches, IWorkload workload, ReplayOptions options, TimeProvider time)
    {
        _caches = caches;
        _workload = workload;
        _options = options;
        _time = time;
        _keys = new(options.Fingerprint, options.BlockBytes);
    }

    /// <summary>What has been counted so far.</summary>
    public ReplayTotals Totals { get; } = new();

    /// <summary>Since the first request could begin.</summary>
    public TimeSpan Elapsed => _started == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_started);

    /// <summary>Serves the workload to its end, or to the end of <see cref="ReplayOptions.Duration"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var queue = new RequestQueue(_workload.Requests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _started = _time.GetTimestamp();
        await Task.WhenAll(_caches.Select(cache => Task.Run(() => RunNodeAsync(cache, queue, stop), stop.Token)));
    }

    private async Task RunNodeAsync(IPrefixCache cache, RequestQueue queue, CancellationTokenSource stop)
    {
        try
        {
            var node = new InferenceNode(cache, _options, _keys, _content, Totals, _time);
            while (!(Elapsed >= _options.Duration) && queue.TryTake(out var request))
            {
                await WaitForStartAsync(request, stop.Token);
                await node.ServeAsync(request, stop.Token);
            }
        }
        catch
        {
            // One node's defect ends the replay at once; the others' cancellation is not what is reported.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task WaitForStartAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        if (_options.Speedup is not { } speedup)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        var due = new TimeSpan((long)Math.Min(request.Start.Ticks / speedup, TimeSpan.MaxValue.Ticks / 2));
        for (var early = due - Elapsed; early > TimeSpan.Zero; early = due - Elapsed)
            await Task.Delay(early < LongestDelay ? early : LongestDelay, _time, cancellationToken);
        Totals.Lag.Record(Elapsed - due);
    }
}
