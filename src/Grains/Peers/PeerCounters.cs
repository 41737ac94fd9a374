using System.Diagnostics.Metrics;

namespace KvOrleans.Grains.Peers;

/// <summary>What this silo has asked of others over their data planes. Thread-safe.</summary>
public sealed class PeerCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Peers";

    private long _reads;
    private long _writes;
    private long _pulls;
    private long _pulledBytes;
    private long _failures;

    /// <summary>Makes the instruments.</summary>
    public PeerCounters(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("kvorleans.peers.reads", () => Reads, "{request}", "Reads that were asked of other silos.");
        meter.CreateObservableCounter("kvorleans.peers.writes", () => Writes, "{request}", "Changes that were asked of other silos.");
        meter.CreateObservableCounter("kvorleans.peers.pulls", () => Pulls, "{block}", "Blocks that came whole from other silos.");
        meter.CreateObservableCounter("kvorleans.peers.pulled_bytes", () => PulledBytes, "By", "Their bytes.");
        meter.CreateObservableCounter("kvorleans.peers.failures", () => Failures, "{request}", "Requests to other silos that got no answer, or a broken one.");
    }

    /// <summary>Reads that were asked of other silos.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Changes that were asked of other silos.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Blocks that came whole from other silos.</summary>
    public long Pulls => Volatile.Read(ref _pulls);

    /// <summary>Their bytes.</summary>
    public long PulledBytes => Volatile.Read(ref _pulledBytes);

    /// <summary>Requests that got no answer, or a broken one.</summary>
    public long Failures => Volatile.Read(ref _failures);

    internal void Asked(bool isWrite) => Interlocked.Increment(ref isWrite ? ref _writes : ref _reads);

    internal void Pulled(int bytes)
    {
        Interlocked.Increment(ref _pulls);
        Interlocked.Add(ref _pulledBytes, bytes);
    }

    internal void Failed() => Interlocked.Increment(ref _failures);
}
