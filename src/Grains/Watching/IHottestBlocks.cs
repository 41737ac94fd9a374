using System.Collections.Immutable;
using KvOrleans.Contracts.Heat;

namespace KvOrleans.Grains.Watching;

/// <summary>Tells which blocks are read most. Thread-safe.</summary>
public interface IHottestBlocks
{
    /// <summary>Those that this silo owns and that are spread; their rates are of all silos.</summary>
    ImmutableArray<HotBlock> Spread(int most);

    /// <summary>Those that are read most here, write-once ones; their rates are of this silo, and their holders those that it knows.</summary>
    ImmutableArray<HotBlock> Read(int most);
}
