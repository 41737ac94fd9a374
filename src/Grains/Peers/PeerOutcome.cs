namespace KvOrleans.Grains.Peers;

/// <summary>How a request to another silo ended.</summary>
public enum PeerOutcome
{
    /// <summary>It answered, with what was asked for.</summary>
    Answered,

    /// <summary>It answered that there is no such block.</summary>
    Absent,

    /// <summary>It does not own the key in its map and does not hold it either.</summary>
    NotOwner,

    /// <summary>It answered with an error.</summary>
    Refused,

    /// <summary>There is no room here for what it has.</summary>
    NoRoom,

    /// <summary>It could not be asked; nothing was sent that it could act on.</summary>
    Unreachable,

    /// <summary>It was asked, and its answer did not come whole or does not verify. A change may have taken effect.</summary>
    Broken,
}
