namespace KvOrleans.Contracts.Blocks;

/// <summary>When a write is acknowledged. The values are part of the wire format.</summary>
public enum WriteConcern : byte
{
    /// <summary>When the owner has it.</summary>
    Local = 0,

    /// <summary>When the owner and another silo have it. For write-once blocks; registers have one holder.</summary>
    Replicated = 1,
}
