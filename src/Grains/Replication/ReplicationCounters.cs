using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;

namespace KvOrleans.Grains.Replication;

/// <summary>What replication has done since the start. Thread-safe.</summary>
internal sealed class ReplicationCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Replication";

    private readonly Tally _made;
    private readonly Tally _madeSize;
    private readonly Tally _repairSize;
    private readonly Tally _taken;
    private readonly Tally _takenSize;
    private readonly Tally _refused;
    private readonly Tally _dropsTold;
    private readonly Tally _parentsSought;
    private readonly Tally _parentsMissed;
    private readonly Tally _parentRounds;
    private int _underWay;

    public ReplicationCounters(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _made = meter.CreateTally("kvorleans.copies.made", "{block}", "Offered blocks that the other silo holds.");
        _madeSize = meter.CreateTally("kvorleans.copies.made.size", "By", "Their bytes.");
        _taken = meter.CreateTally("kvorleans.copies.taken", "{block}", "Blocks that were offered and pulled.");
        _takenSize = meter.CreateTally("kvorleans.copies.taken.size", "By", "Their bytes.");
        _refused = meter.CreateTally("kvorleans.copies.refused", "{block}", "Offered blocks that the other silo did not take.");
        _dropsTold = meter.CreateTally("kvorleans.copies.drops_told", "{block}", "Evicted copies of which their owner was told.");
        _repairSize = meter.CreateTally("kvorleans.repair.size", "By", "Of the copies made, the bytes of repair, handoff and drain.");
        meter.CreateLevel("kvorleans.offers.under_way", () => OffersUnderWay, "{batch}", "Batches that were offered and not yet answered.");
        _parentsSought = meter.CreateTally("kvorleans.parents.sought", "{block}", "Blocks whose parent is not here and was looked for elsewhere.");
        _parentsMissed = meter.CreateTally("kvorleans.parents.missed", "{block}", "Blocks whose parent nobody had.");
        _parentRounds = meter.CreateTally("kvorleans.parents.rounds", "{round}", "Looks for all parents of blocks.");
    }

    public long CopiesMade => _made.Value;

    public long CopyBytes => _madeSize.Value;

    public long RepairBytes => _repairSize.Value;

    public long Taken => _taken.Value;

    public long TakenBytes => _takenSize.Value;

    public long Refused => _refused.Value;

    public int OffersUnderWay => Volatile.Read(ref _underWay);

    public void BatchBegins() => Interlocked.Increment(ref _underWay);

    public void BatchEnds() => Interlocked.Decrement(ref _underWay);

    public void OfferHeld(int bytes, bool isPaced)
    {
        _made.Add();
        _madeSize.Add(bytes);
        if (isPaced)
            _repairSize.Add(bytes);
    }

    public void DropsTold(int copies) => _dropsTold.Add(copies);

    public void ParentsSought(int sought, int missed)
    {
        _parentsSought.Add(sought);
        _parentsMissed.Add(missed);
    }

    public long ParentRounds => _parentRounds.Value;

    public void ParentRoundEnds() => _parentRounds.Add();

    public void OfferRefused() => _refused.Add();

    public void OfferTaken(int bytes)
    {
        _taken.Add();
        _takenSize.Add(bytes);
    }
}
