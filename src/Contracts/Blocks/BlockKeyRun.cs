namespace KvOrleans.Contracts.Blocks;

/// <summary>Keys that have memory of their own.</summary>
internal readonly ref struct BlockKeyRun(ReadOnlySpan<BlockKey> keys) : IKeyRun
{
    private readonly ReadOnlySpan<BlockKey> _keys = keys;

    public int Count => _keys.Length;

    public ReadOnlySpan<byte> this[int index] => _keys[index].Span;
}
