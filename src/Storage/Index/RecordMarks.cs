namespace KvOrleans.Storage.Index;

/// <summary>What is true of a record.</summary>
[Flags]
internal enum RecordMarks : byte
{
    None = 0,

    /// <summary>The eviction policy was told not to pick it.</summary>
    Withdrawn = 1,

    /// <summary>A register, which no other silo ever holds.</summary>
    Register = 2,

    /// <summary>It names a parent.</summary>
    Child = 4,

    /// <summary>When its parent was last looked for nobody had it.</summary>
    ParentMissed = 8,

    /// <summary>Its parent is gone from the cluster; it goes first.</summary>
    Orphan = 16,

    /// <summary>It was a last copy here until its key became another silo's.</summary>
    HandedOver = 32,
}
