namespace KvOrleans.Storage.Arena;

/// <summary>A run of pages inside one segment.</summary>
internal readonly record struct Extent(int Page, int Count) : IComparable<Extent>
{
    public int End => Page + Count;

    public int CompareTo(Extent other) => Page.CompareTo(other.Page);
}
