using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>This silo's view of the cluster. Thread-safe.</summary>
public interface IClusterMapSource
{
    /// <summary>The current map, a function of the membership table alone; empty before the table was first read.</summary>
    ClusterMap Current { get; }

    /// <summary>This run of this silo.</summary>
    SiloLife Life { get; }

    /// <summary>
    /// Whether the membership table cannot be read: since the last that succeeded each read failed, the last a moment ago, and this silo did not stand still in between. What it knows of
    /// the cluster may be old, and nobody may know of this silo.
    /// </summary>
    bool IsCutOff { get; }

    /// <summary>How long ago the read was sent whose result is the current map; <see cref="TimeSpan.MaxValue"/> before the first.</summary>
    TimeSpan FenceAge { get; }

    /// <summary>Whether this silo owns <paramref name="key"/> in its own current map.</summary>
    bool Owns(BlockKey key) => Current.Owns(Life, key);

    /// <summary>Orleans' address of a silo of the current map; null when no such life is in it.</summary>
    SiloAddress? AddressOf(SiloLife life);

    /// <summary>The current map as soon as it is another than <paramref name="known"/>.</summary>
    /// <exception cref="OperationCanceledException">It did not change before.</exception>
    Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken);

    /// <summary>Something hints at a change: reads the membership table at once, or once more when a read is under way.</summary>
    void RefreshSoon();

    /// <summary>
    /// The map that is installed: it is current, and what it took from this silo's registers is gone. One that is behind <paramref name="asked"/> reads the table at once.
    /// </summary>
    MapPosition Confirm(MapPosition asked);
}
