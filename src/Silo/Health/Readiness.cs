using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.DataPlane;

namespace KvOrleans.Silo.Health;

/// <summary>Whether clients should be sent here.</summary>
internal sealed class Readiness(DataPlaneServer dataPlane, IClusterMapSource map, IRegisterGuard guard, LifeEnd life, IDrainer drainer, TimeProvider time)
{
    // Registers wait that long in a cluster where nothing else happens. Where it takes longer, write-once blocks are served all the same.
    private static readonly TimeSpan LongestWaitForRegisters = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private long? _joined;
    private bool _isSettled;

    /// <summary>Why not; null when they should.</summary>
    public string? WhyNot()
    {
        if (life.IsOver)
            return "this life of the silo is over";
        if (drainer.State.IsDraining)
            return "this silo is draining";
        if (!dataPlane.IsOpen)
            return "the data plane is not open";
        if (map.Current.IndexOf(map.Life) < 0)
            return "this silo is not in its own cluster map";
        lock (_lock)
        {
            // Later maps are settled while the silo serves.
            _joined ??= time.GetTimestamp();
            _isSettled |= guard.IsSettled || time.GetElapsedTime(_joined.Value) >= LongestWaitForRegisters;
            return _isSettled ? null : "registers are not served yet";
        }
    }
}
