using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Grains.Watching;

/// <summary>What this silo tells of itself to those who watch the cluster. Thread-safe.</summary>
public interface ISiloView
{
    /// <summary>The silo now. Costs microseconds.</summary>
    /// <param name="samplesAfter">The number of the last second that the asker knows; 0: none.</param>
    /// <param name="eventsAfter">The number of the last event that the asker knows; 0: none.</param>
    SiloSnapshot Take(long samplesAfter, long eventsAfter);

    /// <summary>What it knows of each key, in their order.</summary>
    ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys);
}
