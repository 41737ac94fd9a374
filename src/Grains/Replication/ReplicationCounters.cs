using System.Diagnostics.Metrics;

namespace KvOrleans.Grains.Replication;

/// <summary>What replication has done since the start. Thread-safe.</summary>
internal sealed class ReplicationCounters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Replication";

    private readonly Meter _meter = new(MeterName);
    private long _copiesMade;
    private long _copyBytes;
    private long _repairBytes;
    private long _taken;
    private long _takenBytes;
    private long _refused;
    private long _dropsTold;
    private long _parentsSought;
    private long _parentsMissed;
    private long _parentRounds;
    private int _underWay;

    public ReplicationCounters()
    {
        _meter.CreateObservableCounter("kvorleans.copies.made", () => CopiesMade, "{block}", "Offered blocks that the other silo holds.");
        _meter.CreateObservableCounter("kvorleans.copies.bytes", () => CopyBytes, "By", "Their bytes.");
        _meter.CreateObservableCounter("kvorleans.copies.taken", () => Taken, "{block}", "Blocks that were offered and pulled.");
        _meter.CreateObservableCounter("kvorleans.copies.taken_bytes", () => TakenBytes, "By", "Their bytes.");
        _meter.CreateObservableCounter("kvorleans.copies.refused", () => Refused, "{block}", "Offered blocks that the other silo did not take.");
        _meter.CreateObservableCounter("kvorleans.copies.drops_told", () => Volatile.Read(ref _dropsTold), "{block}", "Evicted copies of which their owner was told.");
        _meter.CreateObservableCounter("kvorleans.parents.sought", () => Volatile.Read(ref _parentsSought), "{block}", "Blocks whose parent is not here and was looked for elsewhere.");
        _meter.CreateObservableCounter("kvorleans.parents.missed", () => Volatile.Read(ref _parentsMissed), "{block}", "Blocks whose parent nobody had.");
        _meter.CreateObservableCounter("kvorleans.parents.rounds", () => ParentRounds, "{round}", "Looks for all parents of blocks.");
        _meter.CreateObservableCounter("kvorleans.repair.bytes", () => RepairBytes, "By", "Bytes offered for repair, handoff and drain.");
        _meter.CreateObservableUpDownCounter("kvorleans.offers.under_way", () => OffersUnderWay, "{batch}", "Batches that were offered and not yet answered.");
    }

    public long CopiesMade => Volatile.Read(ref _copiesMade);

    public long CopyBytes => Volatile.Read(ref _copyBytes);

    public long RepairBytes => Volatile.Read(ref _repairBytes);

    public long Taken => Volatile.Read(ref _taken);

    public long TakenBytes => Volatile.Read(ref _takenBytes);

    public long Refused => Volatile.Read(ref _refused);

    public int OffersUnderWay => Volatile.Read(ref _underWay);

    public void BatchBegins() => Interlocked.Increment(ref _underWay);

    public void BatchEnds() => Interlocked.Decrement(ref _underWay);

    public void OfferHeld(int bytes, bool isPaced)
    {
        Interlocked.Increment(ref _copiesMade);
        Interlocked.Add(ref _copyBytes, bytes);
        if (isPaced)
            Interlocked.Add(ref _repairBytes, bytes);
    }

    public void DropsTold(int copies) => Interlocked.Add(ref _dropsTold, copies);

    public void ParentsSought(int sought, int missed)
    {
        Interlocked.Add(ref _parentsSought, sought);
        Interlocked.Add(ref _parentsMissed, missed);
    }

    public long ParentRounds => Volatile.Read(ref _parentRounds);

    public void ParentRoundEnds() => Interlocked.Increment(ref _parentRounds);

    public void OfferRefused() => Interlocked.Increment(ref _refused);

    public void OfferTaken(int bytes)
    {
        Interlocked.Increment(ref _taken);
        Interlocked.Add(ref _takenBytes, bytes);
    }

    public void Dispose() => _meter.Dispose();
}
