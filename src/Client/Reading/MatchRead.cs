using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Near;

namespace KvOrleans.Client.Reading;

/// <summary>What the connections that read one match share.</summary>
/// <param name="Blocks">The match's blocks.</param>
/// <param name="Destinations">Where they go; as many as are read.</param>
/// <param name="Deadline">The call's time.</param>
/// <param name="Maps">Where other holders are found.</param>
/// <param name="Hedges">What hedges are made with.</param>
/// <param name="Near">Where hot blocks are kept.</param>
/// <param name="Progress">Is told of each block that is read; null for nobody.</param>
internal sealed record MatchRead(
    IReadOnlyList<MatchedBlock> Blocks, ReadOnlyMemory<Memory<byte>> Destinations, CallDeadline Deadline, ClusterMapKeeper Maps, Hedges Hedges, NearCache Near,
    ReadProgress? Progress = null)
{
    private UnreadBlocks? _unread;

    /// <summary>How far the read still counts.</summary>
    public LeadingRun Run { get; } = new(Destinations.Length);

    /// <summary>What a silo did not give; null when nothing has failed.</summary>
    public UnreadBlocks? Troubled => Volatile.Read(ref _unread);

    /// <summary>What a silo did not give.</summary>
    public UnreadBlocks Unread => LazyInitializer.EnsureInitialized(ref _unread, static () => new());

    /// <summary>Where block <paramref name="index"/> goes.</summary>
    public Memory<byte> DestinationOf(int index) => Destinations.Span[index][..Blocks[index].Length];
}
