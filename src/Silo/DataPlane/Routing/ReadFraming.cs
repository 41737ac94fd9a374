namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>How a block that is read is framed in the reply.</summary>
/// <param name="IsIdentified">Version, checksum and bytes: <c>KV.GET</c>. False: the bytes alone: <c>GET</c>.</param>
/// <param name="Range">Which of the bytes, with the version and with their own checksum; null: all.</param>
internal readonly record struct ReadFraming(bool IsIdentified, BlockRange? Range)
{
    /// <summary>The bytes alone.</summary>
    public static ReadFraming Value => default;

    /// <summary>Version, checksum and bytes.</summary>
    public static ReadFraming Identified => new(true, null);

    /// <summary>Version, and checksum and bytes of a part.</summary>
    public static ReadFraming Part(BlockRange range) => new(true, range);
}
