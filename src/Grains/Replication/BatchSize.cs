namespace KvOrleans.Grains.Replication;

/// <summary>How many bytes go into one batch to a silo: what it took within a second lately. Thread-safe.</summary>
/// <remarks>Whoever is slow, or far away, answers small batches, instead of none of the large ones in time.</remarks>
internal sealed class BatchSize
{
    /// <summary>The most bytes of a batch, beyond its first block.</summary>
    public const long Most = 32 << 20;

    private const long Least = 1 << 20;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private long _bytes = Most;

    /// <summary>The bytes of the next batch.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>A batch was answered, or failed, after so long.</summary>
    public void Answered(long bytes, TimeSpan took, bool failed)
    {
        lock (_lock)
        {
            if (failed || took > Slow)
                Volatile.Write(ref _bytes, Math.Clamp(Math.Min(_bytes, bytes) / 2, Least, Most));
            else if (took < Quick && bytes > _bytes / 2)
                Volatile.Write(ref _bytes, Math.Min(_bytes * 2, Most));
        }
    }
}
