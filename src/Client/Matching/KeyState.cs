namespace KvOrleans.Client.Matching;

/// <summary>What a search knows of a key.</summary>
internal enum KeyState : byte
{
    /// <summary>An answer is waited for.</summary>
    Asked,

    /// <summary>A silo has it, and has leased it.</summary>
    Found,

    /// <summary>It is absent.</summary>
    Absent,

    /// <summary>Who was asked did not have it or has not answered: another is to be asked.</summary>
    Open,

    /// <summary>There is nobody left to ask.</summary>
    Exhausted,
}
