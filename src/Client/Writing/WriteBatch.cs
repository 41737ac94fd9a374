using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>Blocks that are written together, and what became of the first try of each.</summary>
/// <param name="Keys">The blocks.</param>
/// <param name="Payloads">Their bytes, as many.</param>
/// <param name="Options">How they are written.</param>
/// <param name="View">The map by which their owners were found.</param>
/// <param name="Deadline">The call's time.</param>
internal sealed record WriteBatch(
    ReadOnlyMemory<BlockKey> Keys, ReadOnlyMemory<ReadOnlyMemory<byte>> Payloads, BlockWriteOptions Options, ClusterView View, CallDeadline Deadline)
{
    private readonly WriteAttempt?[] _firsts = new WriteAttempt?[Keys.Length];

    /// <summary>The block's key.</summary>
    public BlockKey KeyOf(int index) => Keys.Span[index];

    /// <summary>The block's bytes.</summary>
    public ReadOnlyMemory<byte> PayloadOf(int index) => Payloads.Span[index];

    /// <summary>The block's first try; null when it was not tried.</summary>
    public WriteAttempt? FirstOf(int index) => _firsts[index];

    /// <summary>The block's first try has ended. Each block has one connection, so each is told of by one.</summary>
    public void Tried(int index, WriteAttempt attempt) => _firsts[index] = attempt;
}
