namespace KvOrleans.Silo.Configuration;

/// <summary>Leases of those who compute a block that is not there yet.</summary>
public sealed class FillOptions
{
    /// <summary>The longest fill lease; a longer one is shortened to it, and who computes for longer renews. Default: 60 s; 1 ms to 1 h.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromSeconds(60);
}
