using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Grains.Watching;

/// <summary>A host without a data plane has nothing to tell.</summary>
internal sealed class NoSiloView : ISiloView
{
    public SiloSnapshot Take(long samplesAfter, long eventsAfter) => throw new NotSupportedException("This host tells nothing of itself.");

    public ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(ImmutableArray<BlockKey> keys) => throw new NotSupportedException("This host tells nothing of itself.");
}
