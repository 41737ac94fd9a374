namespace KvOrleans.Contracts.Heat;

/// <summary>What becomes of a holder's copy of a block. The values are part of the wire format.</summary>
public enum HeatVerdict : byte
{
    /// <summary>Who was asked cannot say: it does not own the block, or does not hold it.</summary>
    Unknown = 0,

    /// <summary>It stays what it is.</summary>
    Keep = 1,

    /// <summary>An extra copy becomes an ordinary one.</summary>
    Settle = 2,

    /// <summary>An extra copy is dropped; nobody counts on it any more.</summary>
    LetGo = 3,
}
