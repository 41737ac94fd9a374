using System.Numerics;

namespace KvOrleans.Storage.Arena;

/// <summary>Runs of set bits in a small bitmap.</summary>
internal static class PageBits
{
    /// <summary>The first set bit at or after <paramref name="from"/>, or the number of bits when there is none.</summary>
    public static int NextSet(ReadOnlySpan<ulong> words, int from) => Next(words, from, flip: 0);

    /// <summary>The first clear bit at or after <paramref name="from"/>, or the number of bits when there is none.</summary>
    public static int NextClear(ReadOnlySpan<ulong> words, int from) => Next(words, from, flip: ulong.MaxValue);

    /// <summary>Inverts a range, all of which must have the same value before.</summary>
    public static void Flip(Span<ulong> words, int from, int count)
    {
        while (count > 0)
        {
            var bit = from & 63;
            var here = Math.Min(count, 64 - bit);
            words[from >> 6] ^= (ulong.MaxValue >> (64 - here)) << bit;
            from += here;
            count -= here;
        }
    }

    private static int Next(ReadOnlySpan<ulong> words, int from, ulong flip)
    {
        var index = from >> 6;
        if (index >= words.Length)
            return words.Length * 64;

        var word = (words[index] ^ flip) & (ulong.MaxValue << (from & 63));
        while (word == 0)
        {
            if (++index == words.Length)
                return words.Length * 64;
            word = words[index] ^ flip;
        }

        return (index * 64) + BitOperations.TrailingZeroCount(word);
    }
}
