namespace KvOrleans.Silo.Configuration;

/// <summary>Digests, from which clients know what cannot be here.</summary>
public sealed class DigestOptions
{
    /// <summary>
    /// The bytes of digests per second that all clients together get. Default: 64MiB; 1MiB to 1TiB. Beyond it a digest gets on by a block with each question; a client whose digest is late asks for keys instead.
    /// </summary>
    public ByteSize BytesPerSecond { get; set; } = new(64 << 20);
}
