namespace KvOrleans.Storage.Arena;

/// <summary>The room of one block: extents in ascending order. The first is inline, the others are a native array owned by the slot.</summary>
internal readonly unsafe struct Slot(int pages, Extent first, Extent* others, int extentCount)
{
    public int Pages { get; } = pages;

    public int ExtentCount { get; } = extentCount;

    public Extent First { get; } = first;

    public Extent* Others { get; } = others;

    public Extent this[int index] => index == 0 ? First : Others[index - 1];
}
