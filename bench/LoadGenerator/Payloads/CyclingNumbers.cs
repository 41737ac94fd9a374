namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>All of a set's numbers in turn, again and again. Of one connection.</summary>
internal sealed class CyclingNumbers(long count, long first) : IBlockNumbers
{
    private long _next = first;

    public long Next()
    {
        var number = _next;
        _next = number + 1 == count ? 0 : number + 1;
        return number;
    }
}
