using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Replay;

/// <summary>Hands a workload's requests to whichever node is free, in order. Thread-safe.</summary>
internal sealed class RequestQueue(IEnumerable<InferenceRequest> requests) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IEnumerator<InferenceRequest> _requests = requests.GetEnumerator();

    /// <summary>Takes the next request.</summary>
    /// <returns>False when there are no more.</returns>
    public bool TryTake(out InferenceRequest request)
    {
        lock (_gate)
        {
            var more = _requests.MoveNext();
            request = more ? _requests.Current : default;
            return more;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _requests.Dispose();
}
