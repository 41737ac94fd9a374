namespace KvOrleans.Storage.History;

/// <summary>Why a block left a silo. One that is replaced has not left.</summary>
public enum DepartureReason : byte
{
    /// <summary>Room was made.</summary>
    Evicted,

    /// <summary>Its time to live was over.</summary>
    Expired,

    /// <summary>It was deleted here, or made to expire at once.</summary>
    Removed,

    /// <summary>A write-once block was deleted in the cluster; a tombstone covers it.</summary>
    Invalidated,

    /// <summary>A register, whose key went to another silo or whose silo's life was over.</summary>
    RegisterLost,

    /// <summary>The silo had been away for so long that it could not know what was deleted meanwhile, and dropped all it had.</summary>
    Distrusted,

    /// <summary>An extra copy of a block that is no longer hot.</summary>
    Cooled,

    /// <summary>Room was made for what another silo owns by now: the key moved, the block was offered to its new owner, and what stayed here was a copy.</summary>
    Moved,
}
