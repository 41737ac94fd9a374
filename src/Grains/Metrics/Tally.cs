using System.Numerics;

namespace KvOrleans.Grains.Metrics;

/// <summary>A sum that many threads add to: a cell for each processor, so that they do not take a cache line from each other. Thread-safe; allocates nothing.</summary>
public sealed class Tally
{
    // Two cache lines: processors fetch them in pairs.
    private const int CellLength = 16;
    private const int MostCells = 64;

    private static readonly int Mask = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MostCells)) - 1;

    // The first cell's worth is left free: what lies before the array may be anybody's.
    private readonly long[] _cells = new long[(Mask + 2) * CellLength];

    /// <summary>The sum so far.</summary>
    public long Value
    {
        get
        {
            var sum = 0L;
            for (var i = CellLength; i < _cells.Length; i += CellLength)
                sum += Volatile.Read(ref _cells[i]);
            return sum;
        }
    }

    /// <summary>Adds to it.</summary>
    public void Add(long count = 1) => Interlocked.Add(ref _cells[((Thread.GetCurrentProcessorId() & Mask) + 1) * CellLength], count);
}
