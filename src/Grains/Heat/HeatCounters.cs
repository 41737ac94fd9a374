using System.Diagnostics.Metrics;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Heat;

/// <summary>What became of hot blocks since the start. Thread-safe.</summary>
public sealed class HeatCounters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KvOrleans.Heat";

    private readonly Meter _meter = new(MeterName);
    private long _made;
    private long _madeBytes;
    private long _refused;
    private long _letGo;
    private int _hot;

    /// <summary>Counters of a silo.</summary>
    public HeatCounters(BlockStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _meter.CreateObservableUpDownCounter("kvorleans.heat.blocks", () => HotBlocks, "{block}", "Hot blocks that this silo owns and that more than one silo holds.");
        _meter.CreateObservableUpDownCounter("kvorleans.heat.extra_copies", () => store.GetStatistics().ExtraBlocks, "{block}", "Extra copies of hot blocks here.");
        _meter.CreateObservableUpDownCounter("kvorleans.heat.extra_copies.size", () => store.GetStatistics().ExtraBytes, "By", "The room that extra copies take here.");
        _meter.CreateObservableCounter("kvorleans.heat.copies.made", () => CopiesMade, "{block}", "Extra copies that this silo had made by others.");
        _meter.CreateObservableCounter("kvorleans.heat.copies.made_bytes", () => Volatile.Read(ref _madeBytes), "By", "Their bytes.");
        _meter.CreateObservableCounter("kvorleans.heat.copies.refused", () => Volatile.Read(ref _refused), "{block}", "Extra copies that another silo did not take.");
        _meter.CreateObservableCounter("kvorleans.heat.copies.let_go", () => Volatile.Read(ref _letGo), "{block}", "Times that this silo let an extra copy go.");
    }

    /// <summary>Hot blocks that this silo owns and that more than one silo holds.</summary>
    public int HotBlocks => Volatile.Read(ref _hot);

    /// <summary>Extra copies that this silo had made by others.</summary>
    public long CopiesMade => Volatile.Read(ref _made);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Hot(int blocks) => Volatile.Write(ref _hot, blocks);

    internal void LetGo() => Interlocked.Increment(ref _letGo);

    internal void Made(bool isHeld, int bytes)
    {
        Interlocked.Increment(ref isHeld ? ref _made : ref _refused);
        if (isHeld)
            Interlocked.Add(ref _madeBytes, bytes);
    }
}
