using System.Diagnostics.Metrics;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Silo.DataPlane;

/// <summary>What the data plane has done since it started: for <c>INFO</c> and, as observable instruments, for metrics.</summary>
internal sealed class DataPlaneCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.DataPlane";

    private long _hits;
    private long _sentBytes;
    private long _misses;
    private long _writes;
    private long _conflicts;
    private long _commands;
    private long _connectionsAccepted;
    private long _connectionsRefused;
    private long _connectionsStalled;
    private long _protocolErrors;
    private int _connections;

    public DataPlaneCounters(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("kvorleans.dataplane.hits", () => Hits, "{block}", "Reads that found their block.");
        meter.CreateObservableCounter("kvorleans.dataplane.sent.bytes", () => SentBytes, "By", "Payload bytes sent to readers, and to silos that fetch for theirs; copies that silos pull do not count.");
        meter.CreateObservableCounter("kvorleans.dataplane.misses", () => Misses, "{block}", "Reads that did not.");
        meter.CreateObservableCounter("kvorleans.dataplane.writes", () => Writes, "{block}", "Writes that were accepted.");
        meter.CreateObservableCounter("kvorleans.dataplane.conflicts", () => Conflicts, "{block}", "Writes that were refused by their condition.");
        meter.CreateObservableCounter("kvorleans.dataplane.commands", () => Commands, "{command}", "Commands processed.");
        meter.CreateObservableUpDownCounter("kvorleans.dataplane.connections", () => Connections, "{connection}", "Connections now.");
        meter.CreateObservableCounter("kvorleans.dataplane.connections.refused", () => ConnectionsRefused, "{connection}", "Connections refused: too many.");
        meter.CreateObservableCounter("kvorleans.dataplane.connections.stalled", () => ConnectionsStalled, "{connection}", "Connections closed in the middle of a command that did not go on.");
        meter.CreateObservableCounter("kvorleans.dataplane.protocol_errors", () => ProtocolErrors, "{connection}", "Connections closed for bytes that are not RESP.");
    }

    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Payload bytes sent to readers, and to silos that fetch for theirs; what is pulled to be held is not among them.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    public long Misses => Interlocked.Read(ref _misses);

    public long Writes => Interlocked.Read(ref _writes);

    public long Conflicts => Interlocked.Read(ref _conflicts);

    public long Commands => Interlocked.Read(ref _commands);

    public int Connections => Volatile.Read(ref _connections);

    public long ConnectionsAccepted => Interlocked.Read(ref _connectionsAccepted);

    public long ConnectionsRefused => Interlocked.Read(ref _connectionsRefused);

    public long ConnectionsStalled => Interlocked.Read(ref _connectionsStalled);

    public long ProtocolErrors => Interlocked.Read(ref _protocolErrors);

    /// <summary>A read found its block, and so many bytes of it are sent.</summary>
    public void Found(long bytes)
    {
        Interlocked.Increment(ref _hits);
        Interlocked.Add(ref _sentBytes, bytes);
    }

    /// <summary>A read found nothing.</summary>
    public void Missed() => Interlocked.Increment(ref _misses);

    public void Matched(int hits, int misses)
    {
        Interlocked.Add(ref _hits, hits);
        Interlocked.Add(ref _misses, misses);
    }

    /// <summary>A write was decided; one that was not, or that found its bytes there already, is neither accepted nor refused.</summary>
    public void Decided(DecisionOutcome outcome)
    {
        if (outcome == DecisionOutcome.Accepted)
            Interlocked.Increment(ref _writes);
        else if (outcome == DecisionOutcome.Conflict)
            Interlocked.Increment(ref _conflicts);
    }

    public void Command() => Interlocked.Increment(ref _commands);

    public void Opened()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _connectionsAccepted);
    }

    public void Closed() => Interlocked.Decrement(ref _connections);

    public void Refused() => Interlocked.Increment(ref _connectionsRefused);

    public void Stalled() => Interlocked.Increment(ref _connectionsStalled);

    public void BrokeProtocol() => Interlocked.Increment(ref _protocolErrors);
}
