using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KvOrleans.Client.Metrics;

/// <summary>What a client counts, under the meter <c>KvOrleans.Client</c>. Costs a check when nobody listens.</summary>
internal sealed class PrefixCacheClientMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Client";

    private readonly Meter _meter;
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _read;
    private readonly Counter<long> _written;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _failedConnections;
    private readonly Counter<long> _maps;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _hedged;
    private readonly Counter<long> _failovers;
    private readonly Counter<long> _questions;
    private readonly Counter<long> _asked;
    private readonly Counter<long> _absent;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _digests;
    private readonly Counter<long> _wrongDigests;
    private readonly Counter<long> _copies;
    private readonly Counter<long> _nearHits;
    private readonly UpDownCounter<long> _nearHeld;

    public PrefixCacheClientMetrics()
    {
        _meter = new(MeterName);
        _calls = _meter.CreateCounter<long>("kvorleans.client.calls", "{call}", "Calls, by kind and outcome.");
        _durations = _meter.CreateHistogram<double>("kvorleans.client.call.duration", "s", "How long calls took, by kind.");
        _hits = _meter.CreateCounter<long>("kvorleans.client.match.hits", "{block}", "Blocks that matches found in their leading run.");
        _misses = _meter.CreateCounter<long>("kvorleans.client.match.misses", "{block}", "Blocks asked for that were not in the leading run.");
        _read = _meter.CreateCounter<long>("kvorleans.client.read.bytes", "By", "Verified bytes that were read.");
        _written = _meter.CreateCounter<long>("kvorleans.client.written.bytes", "By", "Bytes of accepted writes.");
        _connections = _meter.CreateUpDownCounter<long>("kvorleans.client.connections", "{connection}", "Open connections to silos.");
        _failedConnections = _meter.CreateCounter<long>("kvorleans.client.connections.failed", "{connection}", "Connections that could not be opened.");
        _maps = _meter.CreateCounter<long>("kvorleans.client.maps", "{map}", "Requests for the cluster map, by outcome.");
        _hedges = _meter.CreateCounter<long>("kvorleans.client.hedges", "{call}", "Calls that waited too long for a silo, by kind and what came of it.");
        _hedged = _meter.CreateCounter<long>("kvorleans.client.hedged.bytes", "By", "Bytes that were asked for a second time because a silo was slow.");
        _failovers = _meter.CreateCounter<long>("kvorleans.client.failovers", "{call}", "Questions that went on to the next holder, by kind.");
        _questions = _meter.CreateCounter<long>("kvorleans.client.match.questions", "{question}", "Requests that matches sent to silos.");
        _asked = _meter.CreateCounter<long>("kvorleans.client.match.asked", "{block}", "Blocks that matches asked silos for.");
        _absent = _meter.CreateCounter<long>("kvorleans.client.match.absent", "{block}", "Of the blocks that silos were asked for, those that they said were not there.");
        _skipped = _meter.CreateCounter<long>("kvorleans.client.match.skipped", "{block}", "Blocks that were not asked for, since digests ruled them out or one before them.");
        _digests = _meter.CreateCounter<long>("kvorleans.client.digest.bytes", "By", "Changes of digests that were received.");
        _wrongDigests = _meter.CreateCounter<long>("kvorleans.client.digest.wrong", "{digest}", "Digests that ruled out a block that was there. Not 0: a defect.");
        _copies = _meter.CreateCounter<long>("kvorleans.client.copies.asked", "{block}", "Hot blocks that another silo than their owner was asked for, by kind of call.");
        _nearHits = _meter.CreateCounter<long>("kvorleans.client.near.hits", "{block}", "Blocks that were read from the near cache.");
        _nearHeld = _meter.CreateUpDownCounter<long>("kvorleans.client.near.held", "By", "What the near cache holds.");
    }

    /// <summary>The start of a call for <see cref="CallEnded"/>; 0 when nobody listens.</summary>
    public long CallBegan() => _durations.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A call has ended. <paramref name="call"/> and <paramref name="outcome"/> are from small fixed sets.</summary>
    public void CallEnded(string call, string outcome, long began)
    {
        if (_calls.Enabled)
            _calls.Add(1, new("call", call), new("outcome", outcome));
        if (began != 0 && _durations.Enabled)
            _durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("call", call));
    }

    /// <summary>A match found <paramref name="hits"/> of <paramref name="asked"/> blocks.</summary>
    public void Matched(int hits, int asked)
    {
        if (_hits.Enabled)
            _hits.Add(hits);
        if (_misses.Enabled)
            _misses.Add(asked - hits);
    }

    /// <summary>A match sent <paramref name="questions"/> for <paramref name="asked"/> blocks, of which <paramref name="absent"/> are not there.</summary>
    public void Asked(int questions, int asked, int absent)
    {
        if (_questions.Enabled)
            _questions.Add(questions);
        if (_asked.Enabled)
            _asked.Add(asked);
        if (_absent.Enabled)
            _absent.Add(absent);
    }

    /// <summary>Digests spared the question for so many blocks.</summary>
    public void Skipped(int blocks)
    {
        if (blocks > 0 && _skipped.Enabled)
            _skipped.Add(blocks);
    }

    /// <summary>A part of a digest was received.</summary>
    public void DigestCame(int bytes) => _digests.Add(bytes);

    /// <summary>A digest had ruled out what was there.</summary>
    public void DigestWrong() => _wrongDigests.Add(1);

    /// <summary>A hot block is asked of another silo than its owner.</summary>
    public void AskedCopy(string call)
    {
        if (_copies.Enabled)
            _copies.Add(1, new KeyValuePair<string, object?>("call", call));
    }

    /// <summary>A block, or a part of it, was read from the near cache.</summary>
    public void ReadNear()
    {
        if (_nearHits.Enabled)
            _nearHits.Add(1);
    }

    /// <summary>The near cache holds so many bytes more, or less.</summary>
    public void NearHeld(long bytes) => _nearHeld.Add(bytes);

    /// <summary>Verified bytes were read.</summary>
    public void Read(long bytes)
    {
        if (_read.Enabled)
            _read.Add(bytes);
    }

    /// <summary>A write was accepted.</summary>
    public void Written(long bytes)
    {
        if (_written.Enabled)
            _written.Add(bytes);
    }

    /// <summary>A connection was opened.</summary>
    public void ConnectionOpened() => _connections.Add(1);

    /// <summary>A connection was closed.</summary>
    public void ConnectionClosed() => _connections.Add(-1);

    /// <summary>A connection could not be opened.</summary>
    public void ConnectionFailed() => _failedConnections.Add(1);

    /// <summary>The cluster map was asked for.</summary>
    public void MapAsked(bool answered) => _maps.Add(1, new KeyValuePair<string, object?>("outcome", answered ? "answered" : "failed"));

    /// <summary>A call waited too long for a silo. <paramref name="outcome"/>: <c>won</c>, <c>lost</c>, or <c>refused</c> for want of budget.</summary>
    public void Hedged(string call, string outcome) => _hedges.Add(1, new("call", call), new("outcome", outcome));

    /// <summary>Bytes were asked for a second time.</summary>
    public void HedgedBytes(long bytes) => _hedged.Add(bytes);

    /// <summary>A question went on to the next holder.</summary>
    public void FailedOver(string call) => _failovers.Add(1, new KeyValuePair<string, object?>("call", call));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
