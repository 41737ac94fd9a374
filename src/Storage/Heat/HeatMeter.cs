using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.Heat;

/// <summary>How hot the blocks of a store are: what is read of them, in bounded memory. Thread-safe. Belongs to a <see cref="BlockStore"/>.</summary>
/// <remarks>Readers leave notes and wait for nothing; somebody has to call <see cref="Measure"/> about ten times a second.</remarks>
public sealed class HeatMeter
{
    /// <summary>Blocks of which it keeps count at a time.</summary>
    public const int Candidates = 2048;

    private readonly Lock _lock = new();
    private readonly HeatSketch _sketch = new(Candidates);
    private readonly BlockStore _store;
    private readonly TimeProvider _time;
    private HeatSums _all;
    private long _measuredAt;

    internal HeatMeter(BlockStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
        _measuredAt = time.GetTimestamp();
    }

    /// <summary>The time constant of the faster sums: what was read so long ago counts 1/e.</summary>
    public static TimeSpan Fast { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The time constant of the slower sums.</summary>
    public static TimeSpan Slow { get; } = TimeSpan.FromSeconds(6);

    /// <summary>What was read of all blocks together.</summary>
    public HeatSums All
    {
        get
        {
            lock (_lock)
                return _all;
        }
    }

    /// <summary>Takes in what was read since the last time.</summary>
    public void Measure()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var elapsed = _time.GetElapsedTime(_measuredAt, now);
            _measuredAt = now;
            var (fast, slow) = (Math.Exp(-elapsed / Fast), Math.Exp(-elapsed / Slow));
            _all = _all.Decay(fast, slow);
            _sketch.Decay(fast, slow);
            _all = _all.Add(_store.DrainReads(_sketch), 0);
        }
    }

    /// <summary>What was read of one block lately; nothing when it is not here.</summary>
    public HeatSums Of(ReadOnlySpan<byte> key)
    {
        var name = _store.NameOf(key);
        lock (_lock)
            return name == 0 ? default : _sketch.Of(name);
    }

    /// <summary>The write-once blocks that took a share of all that was read, in no order.</summary>
    /// <param name="leastShare">The least share, above 0 to 1.</param>
    /// <param name="leastReads">How often they were read, at the least.</param>
    /// <param name="into">Is emptied and gets them: 2 ÷ <paramref name="leastShare"/> at the most.</param>
    public void FindHottest(double leastShare, double leastReads, List<BlockHeat> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastShare);
        into.Clear();
        List<(ulong Name, HeatSums Sums)> found = [];
        lock (_lock)
        {
            for (var place = 0; place < _sketch.Count; place++)
            {
                if (_sketch.At(place) is var candidate && candidate.Sums.Reads >= leastReads && candidate.Sums.ShareOf(_all) >= leastShare)
                    found.Add(candidate);
            }
        }

        foreach (var (name, sums) in found)
        {
            if (_store.TryDescribe(name, sums, out var heat))
                into.Add(heat);
        }
    }
}
