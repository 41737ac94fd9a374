using System.Diagnostics.Metrics;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>What the data plane has done since it started: for <c>INFO</c> and for metrics. Thread-safe.</summary>
internal sealed class DataPlaneCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.DataPlane";

    private readonly TallyBy<ReadSource> _hits;
    private readonly TallyBy<MissReason> _misses;
    private readonly Tally _matchHits;
    private readonly Tally _matchMisses;
    private readonly TallyBy<DecisionOutcome> _writes;
    private readonly TallyBy<PayloadDirection> _payload;
    private readonly Tally _pulled;
    private readonly Tally _accepted;
    private readonly Tally _refused;
    private readonly Tally _stalled;
    private readonly Tally _protocolErrors;
    private int _connections;

    public DataPlaneCounters(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _hits = meter.CreateTallies<ReadSource>("kvorleans.dataplane.hits", "source", "{block}", "Reads that found their block, by where it was.");
        _misses = meter.CreateTallies<MissReason>("kvorleans.dataplane.misses", "reason", "{block}", "Reads that did not, by why.");
        _matchHits = meter.CreateTally("kvorleans.dataplane.match.hits", "{block}", "Keys of matches that were here.");
        _matchMisses = meter.CreateTally("kvorleans.dataplane.match.misses", "{block}", "Keys of matches that were not, or were not leased.");
        _writes = meter.CreateTallies<DecisionOutcome>("kvorleans.dataplane.writes", "outcome", "{block}", "Writes, by what became of them.");
        _payload = meter.CreateTallies<PayloadDirection>(
            "kvorleans.dataplane.io", "direction", "By", "Payloads sent to readers and received from writers, and to and from silos that forward for theirs; copies that silos pull do not count.", new("tier", "memory"), new("tenant", "default"));
        _pulled = meter.CreateTally("kvorleans.dataplane.pulled.size", "By", "Payloads sent to silos that are to hold them.");
        meter.CreateLevel("kvorleans.dataplane.connections", () => Connections, "{connection}", "Connections now.");
        _accepted = meter.CreateTally("kvorleans.dataplane.connections.accepted", "{connection}", "Connections accepted.");
        _refused = meter.CreateTally("kvorleans.dataplane.connections.refused", "{connection}", "Connections refused: too many.");
        _stalled = meter.CreateTally("kvorleans.dataplane.connections.stalled", "{connection}", "Connections closed in the middle of a command that did not go on.");
        _protocolErrors = meter.CreateTally("kvorleans.dataplane.protocol_errors", "{connection}", "Connections closed for bytes that are not RESP.");
    }

    public long Hits => _hits.Sum + _matchHits.Value;

    public long Misses => _misses.Sum + _matchMisses.Value;

    /// <summary>Payload bytes sent to readers, and to silos that fetch for theirs; what is pulled to be held is not among them.</summary>
    public long SentBytes => _payload[PayloadDirection.Transmit].Value;

    public long Writes => _writes[DecisionOutcome.Accepted].Value;

    public long Conflicts => _writes[DecisionOutcome.Conflict].Value;

    public int Connections => Volatile.Read(ref _connections);

    public long ConnectionsAccepted => _accepted.Value;

    public long ConnectionsRefused => _refused.Value;

    public long ConnectionsStalled => _stalled.Value;

    public long ProtocolErrors => _protocolErrors.Value;

    /// <summary>Reads found so many bytes together, which are sent.</summary>
    public void Hit(ReadSource source, long bytes, int blocks = 1)
    {
        _hits[source].Add(blocks);
        _payload[PayloadDirection.Transmit].Add(bytes);
    }

    public void Missed(MissReason reason) => _misses[reason].Add();

    public void Matched(int hits, int misses)
    {
        _matchHits.Add(hits);
        _matchMisses.Add(misses);
    }

    /// <summary>A silo is sent what it is to hold.</summary>
    public void Pulled(int bytes) => _pulled.Add(bytes);

    /// <summary>A payload has come whole, and is to be decided upon.</summary>
    public void Received(int bytes) => _payload[PayloadDirection.Receive].Add(bytes);

    /// <summary>A write was decided, or was not.</summary>
    public void Decided(DecisionOutcome outcome) => _writes[outcome].Add();

    public void Opened()
    {
        Interlocked.Increment(ref _connections);
        _accepted.Add();
    }

    public void Closed() => Interlocked.Decrement(ref _connections);

    public void Refused() => _refused.Add();

    public void Stalled() => _stalled.Add();

    public void BrokeProtocol() => _protocolErrors.Add();
}
