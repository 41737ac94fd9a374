namespace KvOrleans.Silo.Configuration;

/// <summary>The silo's volumes. No blocks are kept on them yet: they are reserved.</summary>
public sealed class DiskOptions
{
    /// <summary>
    /// Directories on volumes of this silo alone, as absolute paths; at most 16. Default: none. Each must be there and be writable; the silo locks it and writes into it whose it is.
    /// </summary>
    public IList<string> Paths { get; } = [];
}
