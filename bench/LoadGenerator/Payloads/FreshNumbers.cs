namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>Numbers never given before. Shared by the connections of a server.</summary>
internal sealed class FreshNumbers(long first) : IBlockNumbers
{
    private long _last = first - 1;

    public long Next() => Interlocked.Increment(ref _last);
}
