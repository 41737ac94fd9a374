namespace KvOrleans.Grains.Replication;

/// <summary>Which offers to a silo go first.</summary>
internal enum OfferLane
{
    /// <summary>A writer waits, or a block was reused: not limited in bytes.</summary>
    Urgent,

    /// <summary>The other silo owns it, or will.</summary>
    Handoff,

    /// <summary>A copy that was lost.</summary>
    Repair,
}
