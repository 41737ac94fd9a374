namespace KvOrleans.Histories;

/// <summary>What was heard of an operation.</summary>
internal enum OutcomeKind
{
    /// <summary>It was done: a write is there, a delete found something.</summary>
    Done,

    /// <summary>A read found a value.</summary>
    Value,

    /// <summary>Nothing was there: for a read, for a delete, and for a write that names a version.</summary>
    Absent,

    /// <summary>The write's condition did not hold since something else was there.</summary>
    Conflict,

    /// <summary>Nothing was heard, or that nobody knows: it takes effect at any time after it was sent, or never.</summary>
    Unknown,

    /// <summary>It was refused, and changed nothing.</summary>
    NoEffect,
}
