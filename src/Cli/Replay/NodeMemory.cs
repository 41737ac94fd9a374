namespace KvOrleans.Cli.Replay;

/// <summary>
/// The memory that an inference node reads its match into, one place a block. Pinned, grown on demand by whole slabs up to its bound,
/// kept between requests. For one request at a time.
/// </summary>
internal sealed class NodeMemory
{
    private const long SlabBytes = 16 << 20;

    private readonly int _blockBytes;
    private readonly int _blocksPerSlab;
    private readonly int _most;
    private readonly List<byte[]> _slabs = [];

    public NodeMemory(int blockBytes, long mostBytes)
    {
        _blockBytes = blockBytes;
        _blocksPerSlab = (int)Math.Max(1, SlabBytes / blockBytes);
        _most = (int)Math.Clamp(mostBytes / blockBytes, 1, int.MaxValue);
    }

    /// <summary>Places for the first <paramref name="blocks"/> blocks of a match, or for as many as the bound allows; at least one.</summary>
    public Memory<byte>[] Places(int blocks)
    {
        var places = new Memory<byte>[Math.Clamp(blocks, 1, _most)];
        while ((long)_slabs.Count * _blocksPerSlab < places.Length)
            _slabs.Add(GC.AllocateUninitializedArray<byte>(_blocksPerSlab * _blockBytes, pinned: true));
        for (var at = 0; at < places.Length; at++)
            places[at] = _slabs[at / _blocksPerSlab].AsMemory(at % _blocksPerSlab * _blockBytes, _blockBytes);
        return places;
    }
}
