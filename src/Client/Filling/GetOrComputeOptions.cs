using KvOrleans.Client.Writing;

namespace KvOrleans.Client.Filling;

/// <summary>How blocks are fetched or computed.</summary>
public sealed record GetOrComputeOptions
{
    /// <summary>
    /// For how long a call waits for blocks that another one computes, from when it first has to; then it computes them itself. Default: 30 s. 0 to 1 h; 0: it never waits.
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long each of the call's questions, reads and writes may take; null, the default, for <see cref="PrefixCacheClientOptions.DefaultDeadline"/>. More than 0.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// For how long others take it that this call is still computing when nothing is heard of it. Renewed every third of it. Default: 10 s. 100 ms to 10 min; a silo may grant less.
    /// </summary>
    public TimeSpan FillLease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How what was computed is written; null for the defaults.</summary>
    public BlockWriteOptions? Write { get; init; }
}
