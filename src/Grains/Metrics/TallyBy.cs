using System.Runtime.CompilerServices;

namespace KvOrleans.Grains.Metrics;

/// <summary>A <see cref="Tally"/> for each value of a tag. Thread-safe.</summary>
/// <typeparam name="TTag">The values: an enum whose numbers go from 0 on without a gap.</typeparam>
public sealed class TallyBy<TTag>
    where TTag : struct, Enum
{
    private readonly Tally[] _tallies;

    internal TallyBy(Tally[] tallies) => _tallies = tallies;

    /// <summary>What is counted under <paramref name="tag"/>.</summary>
    public Tally this[TTag tag] => _tallies[Unsafe.BitCast<TTag, int>(tag)];

    /// <summary>All together.</summary>
    public long Sum => _tallies.Sum(static tally => tally.Value);
}
