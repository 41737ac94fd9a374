namespace KvOrleans.Client.Reading;

/// <summary>How far a chain of reads holds, while several connections work on it: it is cut at the first block that is not verified.</summary>
internal sealed class LeadingRun(int length)
{
    private int _length = length;

    /// <summary>The blocks that may still count.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Block <paramref name="index"/> is not verified: it and all behind it do not count.</summary>
    public void CutAt(int index)
    {
        var length = Length;
        while (index < length)
            length = Interlocked.CompareExchange(ref _length, index, length) is var seen && seen == length ? index : seen;
    }
}
