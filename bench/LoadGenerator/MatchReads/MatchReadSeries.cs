namespace KvOrleans.LoadGenerator.MatchReads;

/// <summary>The slices of one way to move bytes.</summary>
/// <param name="Name">Which.</param>
internal sealed record MatchReadSeries(string Name)
{
    /// <summary>Payload bytes per second of each slice.</summary>
    public List<double> BytesPerSecond { get; } = [];

    /// <summary>Milliseconds of each read; none where that has no meaning.</summary>
    public List<double> Reads { get; } = [];

    /// <summary>Milliseconds until the first block of each read was there; none where that has no meaning.</summary>
    public List<double> Firsts { get; } = [];

    /// <summary>The worst slice's share, 0 to 1, of processor time that the hypervisor gave to others.</summary>
    public double Steal { get; set; }
}
