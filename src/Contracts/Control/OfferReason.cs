namespace KvOrleans.Contracts.Control;

/// <summary>Why a silo offers blocks to another. The values are part of the wire format.</summary>
public enum OfferReason : byte
{
    /// <summary>The block's owner wants a copy of it.</summary>
    Copy = 0,

    /// <summary>The other silo owns the block in the source's map.</summary>
    Handoff = 1,

    /// <summary>The source will stop; the other silo will own the block then.</summary>
    Drain = 2,

    /// <summary>The block's owner wants a copy of it if no other copy has to go for it.</summary>
    Spare = 3,
}
