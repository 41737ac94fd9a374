namespace KvOrleans.Silo.Configuration;

/// <summary>What is kept of deleted write-once blocks.</summary>
public sealed class TombstoneOptions
{
    /// <summary>
    /// Tombstones at most; the oldest goes when there is one more, and a silo that was away for longer than the rest reaches back drops its blocks. Default: 1048576,
    /// which take at most 72 MiB; 1 to 16777216.
    /// </summary>
    public int Maximum { get; set; } = 1 << 20;

    /// <summary>How long one is kept. Default: 24 h; 1 min to 30 days.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);
}
