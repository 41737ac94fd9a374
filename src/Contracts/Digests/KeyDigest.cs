using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Digests;

/// <summary>Where the bits of a key lie in a digest: what silos that publish one and clients that test one must compute alike.</summary>
/// <remarks>
/// A blocked Bloom filter (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007). The high half of the key's 128-bit XXH3, seed 0,
/// names a block of 512 bits, a cache line; seven times nine bits of the low half, from the least on, name bits in it. Bit n of a block is bit n mod 64 of its word n / 64,
/// and words travel little-endian. Golden tests pin all of this for good.
/// </remarks>
public static class KeyDigest
{
    /// <summary>The 64-bit words of a block.</summary>
    public const int WordsPerBlock = 8;

    /// <summary>The bytes of a block.</summary>
    public const int BytesPerBlock = WordsPerBlock * sizeof(ulong);

    /// <summary>The bits of a block.</summary>
    public const int BitsPerBlock = BytesPerBlock * 8;

    /// <summary>The bits that a key sets, some of which may be the same.</summary>
    public const int BitsOfKey = 7;

    /// <summary>The blocks of the largest digest: 64 MiB.</summary>
    public const int MostBlocks = 1 << 20;

    /// <summary>The bits that a digest has for each key, at least: of the keys that are not in it 0.7 % pass then.</summary>
    public const int BitsPerKey = 11;

    private const int BitsOfPosition = 9;

    /// <summary>What the place of a key follows from.</summary>
    public static UInt128 Hash(BlockKey key) => Hash(key.Span);

    /// <inheritdoc cref="Hash(BlockKey)"/>
    public static UInt128 Hash(ReadOnlySpan<byte> key) => XxHash128.HashToUInt128(key);

    /// <summary>The blocks that a digest of <paramref name="keys"/> keys has at least, one or more and never more than <see cref="MostBlocks"/>.</summary>
    public static int BlocksFor(long keys)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keys);
        return (int)Math.Clamp(((Math.Min(keys, int.MaxValue) * BitsPerKey) + BitsPerBlock - 1) / BitsPerBlock, 1, MostBlocks);
    }

    /// <summary>Which of <paramref name="blocks"/> blocks holds the bits of a key.</summary>
    public static int BlockOf(UInt128 hash, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        return (int)Math.BigMul((ulong)(hash >> 64), (ulong)blocks, out _);
    }

    /// <summary>Which bit of its block a key sets as number <paramref name="index"/>, 0 to <see cref="BitsOfKey"/> - 1.</summary>
    public static int BitOf(UInt128 hash, int index) => (int)((ulong)hash >> (index * BitsOfPosition)) & (BitsPerBlock - 1);

    /// <summary>Whether all bits of a key are set in its block.</summary>
    /// <param name="block">The <see cref="WordsPerBlock"/> words of the block.</param>
    /// <param name="hash">The key's hash.</param>
    public static bool IsIn(ReadOnlySpan<ulong> block, UInt128 hash)
    {
        for (var i = 0; i < BitsOfKey; i++)
        {
            var bit = BitOf(hash, i);
            if ((block[bit / 64] & (1UL << (bit % 64))) == 0)
                return false;
        }

        return true;
    }
}
