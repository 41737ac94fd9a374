namespace KvOrleans.Cli.Workloads;

/// <summary>The first <paramref name="count"/> requests of another workload.</summary>
internal sealed class FirstRequests(IWorkload whole, int count) : IWorkload
{
    /// <inheritdoc/>
    public string Name => whole.Name;

    /// <inheritdoc/>
    public long? RequestCount => Math.Min(count, whole.RequestCount ?? long.MaxValue);

    /// <inheritdoc/>
    public IEnumerable<InferenceRequest> Requests => whole.Requests.Take(count);
}
