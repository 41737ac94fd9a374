namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>Where a block that was read came from.</summary>
internal enum ReadSource
{
    /// <summary>This silo's memory.</summary>
    Here,

    /// <summary>Another silo.</summary>
    Peer,
}
