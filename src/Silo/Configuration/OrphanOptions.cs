namespace KvOrleans.Silo.Configuration;

/// <summary>How often blocks are looked for whose parent is gone.</summary>
public sealed class OrphanOptions
{
    /// <summary>How long a round over all blocks takes at least. Default: 00:00:10; 100 ms to 1 day. A block goes first when its parent was missed in two rounds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);
}
