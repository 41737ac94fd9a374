namespace KvOrleans.Silo.Configuration;

/// <summary>The grains that decide writes.</summary>
public sealed class GrainOptions
{
    /// <summary>Block grains awake at once at most; writes beyond it wait a moment, then are told to try again. Default: 4096; 16 to 1000000.</summary>
    public int MaxAwake { get; set; } = 4096;
}
