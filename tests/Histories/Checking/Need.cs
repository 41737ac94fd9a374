namespace KvOrleans.Histories.Checking;

/// <summary>What must be in a register for an answer to be right.</summary>
internal enum Need
{
    /// <summary>Anything, or nothing: what is there may have been lost a moment before.</summary>
    Nothing,

    /// <summary>Any value.</summary>
    Present,

    /// <summary>One value.</summary>
    Exact,

    /// <summary>Such an answer is never right.</summary>
    Impossible,
}
