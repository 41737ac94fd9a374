namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>The blocks of one size that slices cycle over: so many bytes together that no processor cache holds them.</summary>
internal sealed class BlockSet
{
    public BlockSet(int size, long cycleBytes)
    {
        Size = size;
        Count = (cycleBytes + size - 1) / size;
        Payloads = new PayloadPool(size, Count);
    }

    /// <summary>Bytes of each payload.</summary>
    public int Size { get; }

    public long Count { get; }

    public long Bytes => Count * Size;

    public PayloadPool Payloads { get; }
}
