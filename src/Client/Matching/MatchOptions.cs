namespace KvOrleans.Client.Matching;

/// <summary>How a chain is matched.</summary>
public readonly record struct MatchOptions
{
    /// <summary>How long the blocks must stay; null, the default, for <see cref="PrefixCacheClientOptions.DefaultLease"/>. The silo may grant less.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// Whether the silos are asked whatever their digests say. Default: false. A digest is late, by 100 ms as a rule and by 2 s at most, and what another node has written meanwhile
    /// is taken for absent; what this client has written is not. For a node that reads what another has just written.
    /// </summary>
    public bool Certain { get; init; }
}
