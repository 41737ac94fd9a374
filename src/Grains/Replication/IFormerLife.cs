namespace KvOrleans.Grains.Replication;

/// <summary>What this life knows of the one whose blocks it found in its store.</summary>
public interface IFormerLife
{
    /// <summary>How long ago the read of the table was sent that last showed that life as active; null: there was none, the store was empty.</summary>
    TimeSpan? Age { get; }

    /// <summary>The incarnation of the table that it was in.</summary>
    ulong Incarnation { get; }
}
