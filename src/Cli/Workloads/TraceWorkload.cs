using KvOrleans.Cli.Traces;

namespace KvOrleans.Cli.Workloads;

/// <summary>A recorded trace, in file order, its first request at time zero.</summary>
internal sealed class TraceWorkload : IWorkload
{
    private readonly IReadOnlyList<TraceRequest> _trace;

    public TraceWorkload(string name, IReadOnlyList<TraceRequest> trace)
    {
        Name = name;
        _trace = trace;
        BlockTokens = Traces.BlockTokens.Infer(trace);
        UniqueBlocks = trace.SelectMany(request => request.BlockIds).Distinct().LongCount();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The tokens of a full block; null when the trace has no one size.</summary>
    public long? BlockTokens { get; }

    /// <summary>How many different blocks the trace holds.</summary>
    public long UniqueBlocks { get; }

    /// <inheritdoc/>
    public long? RequestCount => _trace.Count;

    /// <inheritdoc/>
    public IEnumerable<InferenceRequest> Requests
    {
        get
        {
            var origin = _trace[0].TimestampMilliseconds;
            foreach (var request in _trace)
            {
                var start = TimeSpan.FromMilliseconds(Math.Clamp(request.TimestampMilliseconds - origin, 0, TimeSpan.MaxValue.TotalMilliseconds / 2));
                yield return new(start, request.BlockIds, request.InputLength, BlockTokens ?? Traces.BlockTokens.Of(request));
            }
        }
    }
}
