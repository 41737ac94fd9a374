namespace KvOrleans.Silo.Configuration;

/// <summary>What is told to who watches.</summary>
public sealed class MetricsOptions
{
    /// <summary>Whether metrics are collected and <c>/metrics</c> answers. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
