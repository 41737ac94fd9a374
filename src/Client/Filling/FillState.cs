namespace KvOrleans.Client.Filling;

/// <summary>Who computes a block.</summary>
internal enum FillState
{
    /// <summary>Nobody has to: it is here.</summary>
    Here,

    /// <summary>Who asked does, and holds the fill lease.</summary>
    Mine,

    /// <summary>Somebody else does.</summary>
    Others,
}
