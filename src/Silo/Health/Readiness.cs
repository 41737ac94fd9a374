using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane;
using KvOrleans.Silo.Membership;

namespace KvOrleans.Silo.Health;

/// <summary>Whether clients should be sent here.</summary>
internal sealed class Readiness(
    DataPlaneServer dataPlane, IClusterMapSource map, IRegisterGuard guard, LifeEnd life, IDrainer drainer, PeerAccess peers, KvOrleansOptions options, TimeProvider time)
{
    // Registers wait that long in a cluster where nothing else happens. Where it takes longer, write-once blocks are served all the same.
    private static readonly TimeSpan LongestWaitForRegisters = TimeSpan.FromSeconds(4);

    // The table is read each second; registers are refused from three on.
    private static readonly TimeSpan LongestWithoutTable = TimeSpan.FromSeconds(5);

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
        if (dataPlane.WhatEnded is { } ended)
            return ended;
        if (map.Current.IndexOf(map.Life) < 0)
            return "this silo is not in its own cluster map";
        if (map.FenceAge > LongestWithoutTable)
            return $"{MembershipSetup.TableOf(options)} has not been read for {map.FenceAge.TotalSeconds:0} s: registers are refused, write-once blocks are served";
        return WhyNotYet();
    }

    /// <summary>What is looked at until it was ready once: later maps are settled, and later silos let in, while the silo serves.</summary>
    private string? WhyNotYet()
    {
        lock (_lock)
        {
            _joined ??= time.GetTimestamp();
            if (_isSettled)
                return null;
            if (!guard.IsSettled && time.GetElapsedTime(_joined.Value) < LongestWaitForRegisters)
                return "registers are not served yet";
            if (!peers.IsKnown)
                return "no other silo was asked for blocks yet";
            if (peers.RefusedBy is { } peer)
                return $"the silo {peer} refuses this silo's data-plane password (KvOrleans:DataPlane:Password), which must be the same on all silos";
            _isSettled = true;
            return null;
        }
    }
}
