namespace KvOrleans.Grains.Replication;

/// <summary>The life before this one of the same process.</summary>
/// <param name="time">The clock.</param>
/// <param name="fenceAge">How long before now the read of the table was sent that last showed it as active.</param>
/// <param name="incarnation">The incarnation of the table that it was in.</param>
public sealed class FormerLife(TimeProvider time, TimeSpan fenceAge, ulong incarnation) : IFormerLife
{
    private readonly long _ended = time.GetTimestamp();

    /// <inheritdoc/>
    public TimeSpan? Age => time.GetElapsedTime(_ended) + fenceAge;

    /// <inheritdoc/>
    public ulong Incarnation => incarnation;
}
