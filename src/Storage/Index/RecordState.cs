namespace KvOrleans.Storage.Index;

internal enum RecordState : byte
{
    /// <summary>The number is free.</summary>
    Free,

    /// <summary>A key leads here.</summary>
    Indexed,

    /// <summary>No key leads here any more; the last reader frees the bytes.</summary>
    Retired,
}
