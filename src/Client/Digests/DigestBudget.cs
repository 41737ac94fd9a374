namespace KvOrleans.Client.Digests;

/// <summary>The memory that the digests of all silos may take. Thread-safe.</summary>
/// <param name="bytes">How much; 0: there are no digests.</param>
internal sealed class DigestBudget(long bytes)
{
    private long _taken;

    /// <summary>Whether there are digests at all.</summary>
    public bool IsEnabled => bytes > 0;

    /// <summary>Takes so many bytes. False when there are not as many left.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _taken, count) <= bytes)
            return true;
        Interlocked.Add(ref _taken, -count);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(long count) => Interlocked.Add(ref _taken, -count);
}
