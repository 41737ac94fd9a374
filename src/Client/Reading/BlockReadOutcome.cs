namespace KvOrleans.Client.Reading;

/// <summary>How the read of one block ended. Everything but <see cref="Hit"/> may be treated as a miss.</summary>
public enum BlockReadOutcome
{
    /// <summary>The block is absent. Also what <c>default</c> says: no read is a hit by mistake.</summary>
    Miss,

    /// <summary>The destination holds the block's verified bytes.</summary>
    Hit,

    /// <summary>The block is larger than the destination.</summary>
    DestinationTooSmall,

    /// <summary>The bytes that arrived do not have the block's checksum.</summary>
    Corrupt,

    /// <summary>No silo could be reached, or the connection broke.</summary>
    Unavailable,

    /// <summary>The deadline passed.</summary>
    DeadlineExceeded,
}
