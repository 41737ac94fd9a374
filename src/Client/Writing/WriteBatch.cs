using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>Blocks that are written together, and what became of the first try of each.</summary>
/// <param name="Keys">The blocks, in the order of their chain.</param>
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

    /// <summary>The block before it in its chain; default: none. One is named where it is sure that silos take it: between blocks of this library.</summary>
    public BlockKey ParentOf(int index) => index == 0 ? Options.Parent : Link(Keys.Span[index - 1], Keys.Span[index]);

    /// <summary>The block before <paramref name="key"/>, if it may be named as its parent.</summary>
    public static BlockKey Link(BlockKey before, BlockKey key) =>
        key.Span.StartsWith("kv:"u8) && before.Span.StartsWith("kv:"u8) && before != key ? before : default;

    /// <summary>The block's first try; null when it was not tried.</summary>
    public WriteAttempt? FirstOf(int index) => _firsts[index];

    /// <summary>The block's first try has ended. Each block has one connection, so each is told of by one.</summary>
    public void Tried(int index, WriteAttempt attempt) => _firsts[index] = attempt;
}
