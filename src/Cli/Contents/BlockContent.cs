using System.Buffers.Binary;
using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Contents;

/// <summary>
/// The bytes of a block as a function of its key, cheap to make and to verify, so that every byte that comes back can be checked.
/// Immutable and thread-safe. The same in every process, for ever: a cluster may be replayed to twice.
/// </summary>
/// <remarks>
/// A block is a run of a random pool that begins where the key's hash says and wraps around; the first 16 bytes of each 4 KiB page are a
/// stamp of key and page number. A flipped byte differs from the pool or the stamp, a swapped page has another number, and another key's block
/// has other stamps even where its run of the pool is the same.
/// </remarks>
internal sealed class BlockContent
{
    /// <summary>A stamp is at the start of every page.</summary>
    public const int PageBytes = 4096;

    private const int StampBytes = 16;
    private const int PoolBytes = 16 << 20;
    private const ulong Seed = 0x6b76_6f72_6c65_616e;
    private const ulong Golden = 0x9e37_79b9_7f4a_7c15;

    /// <summary>The pool, then its first page once more, so that a page that wraps is still one run.</summary>
    private readonly byte[] _pool = MakePool();

    /// <summary>Writes the bytes of <paramref name="key"/>'s block over all of <paramref name="destination"/>.</summary>
    public void Fill(BlockKey key, Span<byte> destination)
    {
        var hash = XxHash128.HashToUInt128(key.Span);
        for (var page = 0; destination.Length > 0; page++)
        {
            var length = Math.Min(PageBytes, destination.Length);
            PoolRun(hash, page, length).CopyTo(destination);
            WriteStamp(hash, page, destination[..length]);
            destination = destination[length..];
        }
    }

    /// <summary>How many of <paramref name="block"/>'s bytes are not those of <paramref name="key"/>'s block. 0 at the speed of memory.</summary>
    public long CountWrong(BlockKey key, ReadOnlySpan<byte> block)
    {
        var hash = XxHash128.HashToUInt128(key.Span);
        var wrong = 0L;
        for (var page = 0; block.Length > 0; page++)
        {
            var length = Math.Min(PageBytes, block.Length);
            wrong += CountWrongInPage(hash, page, block[..length]);
            block = block[length..];
        }

        return wrong;
    }

    private long CountWrongInPage(UInt128 hash, int page, ReadOnlySpan<byte> bytes)
    {
        Span<byte> stamp = stackalloc byte[StampBytes];
        WriteStamp(hash, page, stamp);
        var stamped = Math.Min(StampBytes, bytes.Length);
        var run = PoolRun(hash, page, bytes.Length);
        if (bytes[..stamped].SequenceEqual(stamp[..stamped]) && bytes[stamped..].SequenceEqual(run[stamped..]))
            return 0;

        var wrong = 0L;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != (at < stamped ? stamp[at] : run[at]))
                wrong++;
        }

        return wrong;
    }

    private ReadOnlySpan<byte> PoolRun(UInt128 hash, int page, int length)
    {
        var start = (long)((ulong)(hash >> 64) % PoolBytes);
        return _pool.AsSpan((int)((start + (long)page * PageBytes) % PoolBytes), length);
    }

    private static void WriteStamp(UInt128 hash, int page, Span<byte> destination)
    {
        var stamp = new UInt128((ulong)(hash >> 64), (ulong)hash + ((ulong)page + 1) * Golden);
        if (destination.Length >= StampBytes)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(destination, stamp);
            return;
        }

        Span<byte> whole = stackalloc byte[StampBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(whole, stamp);
        whole[..destination.Length].CopyTo(destination);
    }

    /// <summary>SplitMix64 (https://prng.di.unimi.it/splitmix64.c): <see cref="Random"/> does not promise the same bytes for ever.</summary>
    private static byte[] MakePool()
    {
        var pool = GC.AllocateUninitializedArray<byte>(PoolBytes + PageBytes);
        var state = Seed;
        for (var at = 0; at < PoolBytes; at += sizeof(ulong))
        {
            state += Golden;
            var word = (state ^ (state >> 30)) * 0xbf58_476d_1ce4_e5b9;
            word = (word ^ (word >> 27)) * 0x94d0_49bb_1331_11eb;
            BinaryPrimitives.WriteUInt64LittleEndian(pool.AsSpan(at), word ^ (word >> 31));
        }

        pool.AsSpan(0, PageBytes).CopyTo(pool.AsSpan(PoolBytes));
        return pool;
    }
}
