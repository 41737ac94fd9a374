namespace KvOrleans.Grains.Heat;

/// <summary>When a block is hot, and what becomes of its copies. What each number is for: docs/hot-prefixes.md.</summary>
internal static class HeatRules
{
    /// <summary>A block is reported that takes such a share of what its silo reads.</summary>
    public const double ReportedShare = 0.02;

    /// <summary>A block is reported that was read so often.</summary>
    public const double ReportedReads = 2;

    /// <summary>More copies are made when each takes more of its silo than this, by both sums.</summary>
    public const double RaisedShare = 0.05;

    /// <summary>More copies are made when each takes more of its silo than this, by one of the sums.</summary>
    public const double RaisedAtOnceShare = 0.1;

    /// <summary>So many copies are wanted that each takes no more of its silo than this.</summary>
    public const double WantedShare = 0.03;

    /// <summary>So many reads buy a copy.</summary>
    public const double ReadsPerCopy = 4;

    /// <summary>Silos that do less than this part of the busiest one's work tell nothing of what a silo's work is.</summary>
    public const double LeastWork = 0.1;

    /// <summary>Blocks that a silo keeps account of at the most.</summary>
    public const int MostBlocks = 4096;

    /// <summary>Copies that are made at a time, of all blocks.</summary>
    public const int MostCopiesUnderWay = 32;

    /// <summary>Copies that are pulled from the owner of a block at a time: it is the busy one, and the others soon give faster.</summary>
    public const int PullsFromOwner = 1;

    /// <summary>Copies that are pulled from another holder of a block at a time.</summary>
    public const int PullsFromHolder = 2;

    /// <summary>Copies that may be made at once, in bytes.</summary>
    public const long Burst = 64 << 20;

    /// <summary>The part of what is read that may be made into copies beyond <see cref="Burst"/>.</summary>
    public const double CopiedShare = 0.1;

    /// <summary>Between two reports.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a report counts.</summary>
    public static readonly TimeSpan ReportLife = TimeSpan.FromSeconds(2.5);

    /// <summary>How long less must have been wanted before copies are let go.</summary>
    public static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(10);

    /// <summary>The most that <see cref="ShortestHold"/> grows to for a block that becomes hot again and again.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(60);

    /// <summary>Within this time a block that becomes hot again was not let go for good.</summary>
    public static readonly TimeSpan Relapse = TimeSpan.FromMinutes(1);

    /// <summary>How long a silo that did not take a copy is passed over.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>A new owner keeps the extra copies that it finds for so long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Hot lists are told again after this time.</summary>
    public static readonly TimeSpan RetellInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long a hot list of another silo counts.</summary>
    public static readonly TimeSpan ListLife = TimeSpan.FromSeconds(5);
}
