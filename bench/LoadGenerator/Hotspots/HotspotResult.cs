using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>What was measured with one size of the cluster.</summary>
/// <param name="Silos">Its size.</param>
/// <param name="BytesPerSecond">Payload of each round.</param>
/// <param name="AllBytesPerSecond">Payload over all rounds: less rough than a round, which ends in the middle of reads.</param>
/// <param name="Counts">All that was read, from the beginning.</param>
/// <param name="HoldersAfterMilliseconds">How long after the reading began the owner named so many holders.</param>
/// <param name="GoneAfterSeconds">How long after the reading ended no silo had an extra copy any more; null when that was not waited for, or took too long.</param>
/// <param name="Notes">What could not be measured, and why.</param>
internal sealed record HotspotResult(
    int Silos, IReadOnlyList<double> BytesPerSecond, double AllBytesPerSecond, HotspotCounts Counts, IReadOnlyDictionary<int, double> HoldersAfterMilliseconds, double? GoneAfterSeconds,
    IReadOnlyList<string> Notes)
{
    // A block that is read twice gets a second holder anyway.
    private const int OrdinaryHolders = 2;

    /// <summary>How long until one silo more held the block than does anyway.</summary>
    public double? FirstExtraMilliseconds => HoldersAfterMilliseconds.TryGetValue(OrdinaryHolders + 1, out var elapsed) ? elapsed : null;

    /// <summary>How long until all silos held it.</summary>
    public double? AllHoldMilliseconds => HoldersAfterMilliseconds.TryGetValue(Silos, out var elapsed) ? elapsed : null;

    /// <summary>The worst round's share, 0 to 1, of processor time that the hypervisor gave to others.</summary>
    public double Steal { get; init; }

    /// <summary>The least share, 0 to 1, of processor time that was left over in a round: near 0 the processors were the limit, and not the links.</summary>
    public double Idle { get; init; }

    public Spread Rounds => Spread.Of(BytesPerSecond);
}
