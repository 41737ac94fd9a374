namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>What is read, from how many silos, by whom and for how long.</summary>
/// <param name="Silos">The sizes of the clusters that are measured, one after the other.</param>
/// <param name="Size">Bytes of the hot block.</param>
/// <param name="LinkMegabits">What a silo's link carries in each direction, in 10⁶ bits per second.</param>
/// <param name="Readers">Client processes.</param>
/// <param name="InFlight">Reads under way for each silo, of all readers together.</param>
/// <param name="Connections">Connections of a reader to each silo.</param>
/// <param name="Rounds">Rounds of each size, right after each other.</param>
/// <param name="Round">How long a round lasts.</param>
/// <param name="FollowFading">Whether to wait until the extra copies are gone.</param>
/// <param name="Options">More options of the silos, as on their command lines.</param>
internal sealed record HotspotPlan(
    IReadOnlyList<int> Silos, int Size, int LinkMegabits, int Readers, int InFlight, int Connections, int Rounds, TimeSpan Round, bool FollowFading, IReadOnlyList<string> Options)
{
    /// <summary>Memory of each silo for blocks.</summary>
    public const long SiloMemory = 256 << 20;

    /// <summary>The least part of what N single silos serve that N silos should.</summary>
    public const double LeastRatio = 0.8;

    /// <summary>How long the first extra copy may take.</summary>
    public static readonly TimeSpan FirstCopy = TimeSpan.FromSeconds(1);

    /// <summary>How long it may take until eight silos have the block.</summary>
    public static readonly TimeSpan AllCopies = TimeSpan.FromSeconds(3);

    /// <summary>How long extra copies may outlive the reading.</summary>
    public static readonly TimeSpan Fading = TimeSpan.FromSeconds(60);
}
