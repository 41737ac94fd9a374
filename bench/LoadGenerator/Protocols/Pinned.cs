namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>Constants of the protocols, as pinned bytes that a transport can send.</summary>
internal static class Pinned
{
    public static readonly ReadOnlyMemory<byte> LineBreak = Copy("\r\n"u8);

    /// <summary>A copy that a transport can send.</summary>
    public static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        var copy = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(copy);
        return copy;
    }
}
