namespace KvOrleans.Histories.Checking;

/// <summary>What a check came to.</summary>
internal enum VerdictKind
{
    /// <summary>There is an order that explains every answer.</summary>
    Holds,

    /// <summary>There is none.</summary>
    Violated,

    /// <summary>None was found within the bounds, and it is not shown that there is none. Never to be taken for <see cref="Holds"/>.</summary>
    GaveUp,
}
