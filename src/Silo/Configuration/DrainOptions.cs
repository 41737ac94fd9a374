namespace KvOrleans.Silo.Configuration;

/// <summary>What a silo does when it is told to stop.</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// How long it may give its blocks to the silos that will own them before it stops. Default: 25 s; 0 (no drain) to 1 h. In Kubernetes the pod's
    /// <c>terminationGracePeriodSeconds</c> must be longer, by 15 s or more.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(25);
}
