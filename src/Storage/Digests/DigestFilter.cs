using System.Buffers.Binary;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage.Digests;

/// <summary>A counting blocked Bloom filter that knows what changed since when. Not thread-safe: the store's lock guards it.</summary>
/// <remarks>
/// Bits lie where <see cref="KeyDigest"/> says. Each has a counter of four bits, so that keys can be taken out; one that has reached its most no longer counts, and its bit stays. Each block has the number of its
/// last change, and each stretch of 64 blocks the largest of theirs, so that a reader of changes passes by what nobody touched. Memory comes with the first key of a chunk: 328 bytes a block.
/// </remarks>
internal sealed unsafe class DigestFilter(NativeHeap heap, int blocks, ulong generation)
{
    /// <summary>The bytes of one change: which block, and its bits.</summary>
    public const int BytesPerChange = sizeof(int) + KeyDigest.BytesPerBlock;

    private const int BlocksPerStretch = 64;
    private const int BlocksPerChunk = 256;
    private const int CountersPerByte = 2;
    private const int BitsPerCounter = 4;
    private const int MostCounted = (1 << BitsPerCounter) - 1;
    private const int CounterBytes = KeyDigest.BitsPerBlock / CountersPerByte;
    private const int CacheLine = 64;

    // A chunk is its blocks, each its bits and behind them their counters in whole cache lines, and then the numbers of their last changes.
    private const int BlockBytes = KeyDigest.BytesPerBlock + CounterBytes;
    private const int NumbersAt = BlocksPerChunk * BlockBytes;
    private const int ChunkBytes = NumbersAt + (BlocksPerChunk * sizeof(long)) + CacheLine;

    private readonly byte*[] _chunks = new byte*[(blocks + BlocksPerChunk - 1) / BlocksPerChunk];
    private readonly long[] _latest = new long[(blocks + BlocksPerStretch - 1) / BlocksPerStretch];
    private int _taken;
    private int _freed;
    private int _freeFrom;

    /// <summary>Tells it from all others.</summary>
    public ulong Generation => generation;

    public int Blocks => blocks;

    /// <summary>The most keys with which it lets pass what it is made for.</summary>
    public long Capacity => (long)blocks * KeyDigest.BitsPerBlock / KeyDigest.BitsPerKey;

    public long Bytes => (long)(_taken - _freed) * ChunkBytes;

    /// <summary>Something was taken out that was not in: no longer does it have all that it should.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>A key will come or go: fetches its block into the processor's cache.</summary>
    public void Expect(UInt128 hash)
    {
        var block = KeyDigest.BlockOf(hash, blocks);
        var chunk = _chunks[block / BlocksPerChunk];
        if (chunk is null)
            return;
        ProcessorCache.Fetch(WordsOf(chunk, block), BlockBytes);
        ProcessorCache.Fetch(ref NumberOf(chunk, block));
    }

    /// <summary>Whether a key may be in; never false of one that is.</summary>
    public bool MayHave(UInt128 hash)
    {
        var block = KeyDigest.BlockOf(hash, blocks);
        var chunk = _chunks[block / BlocksPerChunk];
        return chunk is not null && KeyDigest.IsIn(new(WordsOf(chunk, block), KeyDigest.WordsPerBlock), hash);
    }

    /// <summary>Puts a key in.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="number">The number of the last change of all; grows when a bit changes.</param>
    public void Add(UInt128 hash, ref long number) => Count(hash, isIn: true, ref number);

    /// <summary>Takes a key out that was put in.</summary>
    /// <inheritdoc cref="Add"/>
    public void Remove(UInt128 hash, ref long number) => Count(hash, isIn: false, ref number);

    /// <summary>Copies blocks that changed after <paramref name="since"/>, ascending, as far as room and budgets go.</summary>
    /// <param name="since">The number of the last change that is known.</param>
    /// <param name="from">From which block on.</param>
    /// <param name="into">Where they go: <see cref="BytesPerChange"/> each.</param>
    /// <param name="most">How many blocks to copy at the most.</param>
    /// <param name="looks">How many blocks or stretches to look at at the most.</param>
    /// <param name="copied">How many were copied.</param>
    /// <returns>From which block to go on; 0 when there is none.</returns>
    public int CopyChanges(long since, int from, Span<byte> into, int most, int looks, out int copied)
    {
        most = Math.Min(most, into.Length / BytesPerChange);
        for (copied = 0; from < blocks; looks--)
        {
            if (copied == most || looks == 0)
                return from;
            var stretch = from / BlocksPerStretch;
            if (_latest[stretch] <= since)
            {
                from = (stretch + 1) * BlocksPerStretch;
                continue;
            }

            if (NumberOf(_chunks[from / BlocksPerChunk], from) > since)
                Copy(from, into[(copied++ * BytesPerChange)..]);
            from++;
        }

        return 0;
    }

    /// <summary>Gives some memory back; nothing may be put in or taken out any more.</summary>
    /// <returns>Whether there is more.</returns>
    public bool FreeSome(int chunks)
    {
        for (; _freed < _taken && chunks > 0; _freeFrom++)
        {
            ref var chunk = ref _chunks[_freeFrom];
            if (chunk is null)
                continue;
            heap.Free(chunk, ChunkBytes);
            chunk = null;
            _freed++;
            chunks--;
        }

        return _freed < _taken;
    }

    /// <summary>Goes through a key's counters. A bit comes with the first key that counts in it and goes with the last; a counter that is full stays so.</summary>
    private void Count(UInt128 hash, bool isIn, ref long number)
    {
        var block = KeyDigest.BlockOf(hash, blocks);
        var chunk = ChunkOf(block);
        var words = WordsOf(chunk, block);
        var counters = CountersOf(chunk, block);
        var isChanged = false;
        for (var i = 0; i < KeyDigest.BitsOfKey; i++)
        {
            var bit = KeyDigest.BitOf(hash, i);
            var shift = bit % CountersPerByte * BitsPerCounter;
            ref var pair = ref counters[bit / CountersPerByte];
            var count = (pair >> shift) & MostCounted;
            if (count == MostCounted)
                continue;
            if (!isIn && count == 0)
            {
                IsFaulty = true;
                continue;
            }

            pair = (byte)(pair + (isIn ? 1 << shift : -(1 << shift)));
            if (count != (isIn ? 0 : 1))
                continue;
            words[bit / 64] ^= 1UL << (bit % 64);
            isChanged = true;
        }

        if (isChanged)
            Changed(chunk, block, ++number);
    }

    private static ulong* WordsOf(byte* chunk, int block) => (ulong*)(Aligned(chunk) + (block % BlocksPerChunk * BlockBytes));

    private static byte* CountersOf(byte* chunk, int block) => (byte*)WordsOf(chunk, block) + KeyDigest.BytesPerBlock;

    private static ref long NumberOf(byte* chunk, int block) => ref ((long*)(Aligned(chunk) + NumbersAt))[block % BlocksPerChunk];

    private static byte* Aligned(byte* chunk) => (byte*)(((nuint)chunk + CacheLine - 1) & ~(nuint)(CacheLine - 1));

    private byte* ChunkOf(int block)
    {
        ref var chunk = ref _chunks[block / BlocksPerChunk];
        if (chunk is null)
        {
            chunk = (byte*)heap.AllocateZeroed(ChunkBytes);
            _taken++;
        }

        return chunk;
    }

    private void Changed(byte* chunk, int block, long number)
    {
        NumberOf(chunk, block) = number;
        _latest[block / BlocksPerStretch] = number;
    }

    private void Copy(int block, Span<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, block);
        var words = WordsOf(_chunks[block / BlocksPerChunk], block);
        for (var i = 0; i < KeyDigest.WordsPerBlock; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(into[(sizeof(int) + (i * sizeof(ulong)))..], words[i]);
    }
}
