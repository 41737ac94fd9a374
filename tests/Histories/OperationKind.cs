namespace KvOrleans.Histories;

/// <summary>What an operation asks of a register.</summary>
internal enum OperationKind
{
    /// <summary>Read it.</summary>
    Get,

    /// <summary>Write it, whatever is there.</summary>
    Set,

    /// <summary>Write it if nothing is there.</summary>
    SetIfAbsent,

    /// <summary>Write it if a named version is there.</summary>
    SetExactly,

    /// <summary>Remove what is there.</summary>
    Delete,
}
