namespace KvOrleans.Storage.Arena;

/// <summary>
/// A table of structs in native chunks. It grows without moving what is there, so a reference into it stays good until
/// <see cref="Dispose"/>, and growing costs one chunk whatever the size. It never shrinks: its bound is the most blocks there ever were.
/// </summary>
internal sealed unsafe class NativeTable<T>(NativeHeap heap) : IDisposable
    where T : unmanaged
{
    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;

    private T*[] _chunks = new T*[4];
    private int _chunkCount;

    public int Capacity => _chunkCount << ChunkBits;

    public long Bytes => (long)_chunkCount * ChunkLength * sizeof(T);

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkLength - 1)];

    /// <summary>Adds a zeroed chunk when <paramref name="count"/> entries do not fit.</summary>
    public void EnsureCapacity(int count)
    {
        while (Capacity < count)
        {
            if (_chunkCount == _chunks.Length)
            {
                var chunks = new T*[_chunkCount * 2];
                Array.Copy(_chunks, chunks, _chunkCount);
                _chunks = chunks;
            }

            _chunks[_chunkCount] = (T*)heap.AllocateZeroed(ChunkLength * sizeof(T));
            _chunkCount++;
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _chunkCount; i++)
            heap.Free(_chunks[i], ChunkLength * sizeof(T));
        _chunkCount = 0;
        _chunks = [];
    }
}
