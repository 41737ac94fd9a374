namespace KvOrleans.Silo.Configuration;

/// <summary>Bounds on leases; of what would go over one a match says that it cannot say more.</summary>
public sealed class LeaseOptions
{
    /// <summary>The longest lease; a longer one is shortened to it. Default: 60 s; 1 ms to 1 h.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of the arena that all leases together may hold. Default: 0.5; above 0 to 1.</summary>
    public double MaxShare { get; set; } = 0.5;

    /// <summary>The share of the arena that one connection's leases may hold. Default: 0.25; above 0 to 1.</summary>
    public double MaxSharePerConnection { get; set; } = 0.25;
}
