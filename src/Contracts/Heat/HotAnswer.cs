namespace KvOrleans.Contracts.Heat;

/// <summary>What a silo says to an offer of a hot block. The values are part of the wire format.</summary>
public enum HotAnswer : byte
{
    /// <summary>It does not hold the offered content.</summary>
    Refused = 0,

    /// <summary>It holds an extra copy.</summary>
    Extra = 1,

    /// <summary>It holds an ordinary copy.</summary>
    Ordinary = 2,
}
