namespace KvOrleans.Contracts.Watching;

/// <summary>What happened to a silo, or to its cluster as it sees it. The values are part of the wire format.</summary>
public enum SiloEventKind : byte
{
    /// <summary>A life of the silo began.</summary>
    Began = 0,

    /// <summary>A life of the silo is over.</summary>
    LifeOver = 1,

    /// <summary>A silo joined the cluster map.</summary>
    Joined = 2,

    /// <summary>A silo left the cluster map.</summary>
    Left = 3,

    /// <summary>Clients should be sent here again.</summary>
    Ready = 4,

    /// <summary>Clients should not be sent here.</summary>
    NotReady = 5,

    /// <summary>This silo gives others blocks of repair, handoff or drain.</summary>
    RepairBegan = 6,

    /// <summary>It has given all.</summary>
    RepairDone = 7,

    /// <summary>Other silos have blocks for this one.</summary>
    HandoffBegan = 8,

    /// <summary>They have handed over all.</summary>
    HandoffDone = 9,

    /// <summary>This silo gives its blocks away before it stops.</summary>
    DrainBegan = 10,

    /// <summary>The membership table cannot be read.</summary>
    CutOff = 11,

    /// <summary>It can be read again.</summary>
    Reconnected = 12,

    /// <summary>Registers are refused: it is too long ago that the membership table was read.</summary>
    FenceLapsed = 13,

    /// <summary>Registers are served again.</summary>
    FenceHeld = 14,

    /// <summary>Another number of the blocks that this silo owns is hot.</summary>
    HotChanged = 15,
}
