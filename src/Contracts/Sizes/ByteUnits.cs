namespace KvOrleans.Contracts.Sizes;

/// <summary>Which units a written size may have.</summary>
public enum ByteUnits
{
    /// <summary>B, KiB, MiB, GiB, TiB.</summary>
    Binary,

    /// <summary>Those, and KB, MB, GB, TB.</summary>
    BinaryAndDecimal,
}
