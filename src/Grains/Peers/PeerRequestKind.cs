namespace KvOrleans.Grains.Peers;

/// <summary>What is asked of another silo.</summary>
internal enum PeerRequestKind
{
    /// <summary>A block, or something about one, for a client.</summary>
    Read,

    /// <summary>A block that this silo is to hold.</summary>
    Pull,

    /// <summary>A change.</summary>
    Write,
}
