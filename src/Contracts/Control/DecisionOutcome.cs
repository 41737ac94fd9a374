namespace KvOrleans.Contracts.Control;

/// <summary>The outcomes of a <see cref="BlockDecision"/>. The numbers are wire values and never change.</summary>
public enum DecisionOutcome
{
    /// <summary>Accepted and visible.</summary>
    Accepted = 0,

    /// <summary>Refused: the condition does not hold. The decision carries the current version, <c>default</c> when absent.</summary>
    Conflict = 1,

    /// <summary>Nothing was there to delete or to expire.</summary>
    Absent = 2,

    /// <summary>A write-once block is there already; the write changed nothing. The decision carries its version.</summary>
    AlreadyPresent = 3,

    /// <summary>This silo does not own the key in its current map; refresh the map and ask the owner.</summary>
    Moved = 4,

    /// <summary>The staged bytes are not on this silo any more.</summary>
    StagingLost = 5,

    /// <summary>Too many decisions are under way; try again.</summary>
    Busy = 6,

    /// <summary>This silo may not act on the register now: it gained it just now, or its view of the cluster is too old. Nothing has changed; try again.</summary>
    TryAgain = 7,

    /// <summary>The change may have taken effect and may have not.</summary>
    Unknown = 8,

    /// <summary>The write took effect, but no second silo has it.</summary>
    NotReplicated = 9,

    /// <summary>The owner has no room for it. Nothing has changed.</summary>
    OutOfSpace = 10,
}
