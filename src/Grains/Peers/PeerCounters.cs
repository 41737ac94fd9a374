using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Grains.Peers;

/// <summary>What this silo has asked of others over their data planes. Thread-safe.</summary>
public sealed class PeerCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Peers";

    private static readonly KeyValuePair<string, object?>[] Kinds =
        [.. Enum.GetValues<PeerRequestKind>().Select(kind => new KeyValuePair<string, object?>("kind", MeterExtensions.TagOf(kind)))];

    private readonly TallyBy<PeerRequestKind> _requests;
    private readonly Tally _fetched;
    private readonly Tally _fetchedSize;
    private readonly Tally _failures;
    private readonly Histogram<double> _durations;

    /// <summary>Makes the instruments.</summary>
    public PeerCounters(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _requests = meter.CreateTallies<PeerRequestKind>("kvorleans.peers.requests", "kind", "{request}", "What was asked of other silos.");
        _fetched = meter.CreateTally("kvorleans.peers.fetched", "{block}", "Blocks that came whole from other silos.");
        _fetchedSize = meter.CreateTally("kvorleans.peers.fetched.size", "By", "Their bytes.");
        _failures = meter.CreateTally("kvorleans.peers.failures", "{request}", "Requests to other silos that got no answer, or a broken one.");
        _durations = meter.CreateTimes("kvorleans.peers.request.duration", "From the request to its answer, or the head of a block; the wait for a connection is in it.");
    }

    /// <summary>Reads that were asked of other silos, pulls among them.</summary>
    public long Reads => _requests[PeerRequestKind.Read].Value + _requests[PeerRequestKind.Pull].Value;

    /// <summary>Changes that were asked of other silos.</summary>
    public long Writes => _requests[PeerRequestKind.Write].Value;

    /// <summary>Blocks that came whole from other silos.</summary>
    public long Pulls => _fetched.Value;

    /// <summary>Their bytes.</summary>
    public long PulledBytes => _fetchedSize.Value;

    /// <summary>Requests that got no answer, or a broken one.</summary>
    public long Failures => _failures.Value;

    /// <returns>When, for <see cref="Answered"/>; 0 when nobody listens.</returns>
    internal long Asked(PeerRequestKind kind)
    {
        _requests[kind].Add();
        return _durations.Enabled ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>An answer came, or is not waited for any more.</summary>
    internal void Answered(PeerRequestKind kind, long asked)
    {
        if (asked != 0)
            _durations.Record(Stopwatch.GetElapsedTime(asked).TotalSeconds, Kinds[(int)kind]);
    }

    internal void Pulled(int bytes)
    {
        _fetched.Add();
        _fetchedSize.Add(bytes);
    }

    internal void Failed() => _failures.Add();
}
