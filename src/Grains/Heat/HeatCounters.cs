using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Heat;

/// <summary>What became of hot blocks since the start. Thread-safe.</summary>
public sealed class HeatCounters
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Heat";

    private readonly Tally _made;
    private readonly Tally _madeSize;
    private readonly Tally _refused;
    private readonly Tally _letGo;
    private int _hot;

    /// <summary>Counters of a silo.</summary>
    public HeatCounters(BlockStore store, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        meter.CreateLevel("kvorleans.heat.blocks", () => HotBlocks, "{block}", "Hot blocks that this silo owns and that more than one silo holds.");
        meter.CreateLevel("kvorleans.heat.extra_copies", () => store.GetStatistics().ExtraBlocks, "{block}", "Extra copies of hot blocks here.");
        meter.CreateLevel("kvorleans.heat.extra_copies.size", () => store.GetStatistics().ExtraBytes, "By", "The room that extra copies take here.");
        _made = meter.CreateTally("kvorleans.heat.copies.made", "{block}", "Extra copies that this silo had made by others.");
        _madeSize = meter.CreateTally("kvorleans.heat.copies.made.size", "By", "Their bytes.");
        _refused = meter.CreateTally("kvorleans.heat.copies.refused", "{block}", "Extra copies that another silo did not take.");
        _letGo = meter.CreateTally("kvorleans.heat.copies.let_go", "{block}", "Extra copies that this silo dropped, since their owner let them go or said nothing of them for long.");
    }

    /// <summary>Hot blocks that this silo owns and that more than one silo holds.</summary>
    public int HotBlocks => Volatile.Read(ref _hot);

    /// <summary>Extra copies that this silo had made by others.</summary>
    public long CopiesMade => _made.Value;

    /// <summary>Extra copies that this silo dropped.</summary>
    public long CopiesLetGo => _letGo.Value;

    internal void Hot(int blocks) => Volatile.Write(ref _hot, blocks);

    internal void LetGo() => _letGo.Add();

    internal void Made(bool isHeld, int bytes)
    {
        (isHeld ? _made : _refused).Add();
        if (isHeld)
            _madeSize.Add(bytes);
    }
}
