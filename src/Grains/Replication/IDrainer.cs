namespace KvOrleans.Grains.Replication;

/// <summary>Gives this silo's blocks away before it stops. Thread-safe.</summary>
public interface IDrainer
{
    /// <summary>How far it is.</summary>
    DrainState State { get; }

    /// <summary>From now on this silo says of itself that it will stop.</summary>
    void Begin();

    /// <summary>
    /// Offers each last copy to the silo that will own it, hottest first, and returns when that is done or cancelled. To be called before anything stops, since silos pull
    /// from here.
    /// </summary>
    Task DrainAsync(CancellationToken cancellationToken);
}
