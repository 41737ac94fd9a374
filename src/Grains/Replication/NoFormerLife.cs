namespace KvOrleans.Grains.Replication;

/// <summary>The first life of a process.</summary>
internal sealed class NoFormerLife : IFormerLife
{
    public TimeSpan? Age => null;

    public ulong Incarnation => 0;
}
