namespace KvOrleans.Grains.Replication;

/// <summary>What became of an offered block.</summary>
internal enum OfferOutcome
{
    /// <summary>The other silo holds it.</summary>
    Held,

    /// <summary>The other silo has another content or a tombstone of it.</summary>
    Known,

    /// <summary>The other silo has no room for it, cannot get it, or does not answer.</summary>
    Refused,

    /// <summary>The other silo left the map, or the offer was withdrawn.</summary>
    Gone,
}
