using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Contracts.Tests.Digests;

/// <summary>The golden values are from Debian's python3-xxhash: <c>xxhash.xxh3_128_intdigest(key)</c>, and the arithmetic of the type's remarks.</summary>
public sealed class KeyDigestTests
{
    [Theory]
    [InlineData("a", "a96faf705af16834e6c632b61e964e1f", 661, 694010, "31 295 421 195 299 49 411")]
    [InlineData("kv:model/00", "9d995323d28a8d876c715824e01cfaa5", 615, 645525, "165 125 7 156 386 394 433")]
    [InlineData("kv:llama-3-8b/5f3c2b1a0d9e8f7c6b5a49382716051423324150697887960a1b2c3d4e5f6071", "088bfa59937dad1c9c252ceccf53d494", 33, 35007, "148 490 468 409 206 297 112")]
    public void Place_OfAKey_IsPinned(string key, string hash, int blockOf1000, int blockOfMost, string bits)
    {
        var digest = KeyDigest.Hash(Encoding.UTF8.GetBytes(key));

        Assert.Equal(hash, digest.ToString("x32", CultureInfo.InvariantCulture));
        Assert.Equal(blockOf1000, KeyDigest.BlockOf(digest, 1000));
        Assert.Equal(blockOfMost, KeyDigest.BlockOf(digest, KeyDigest.MostBlocks));
        Assert.Equal(bits, string.Join(' ', Enumerable.Range(0, KeyDigest.BitsOfKey).Select(i => KeyDigest.BitOf(digest, i))));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(46, 1)]
    [InlineData(47, 2)]
    [InlineData(1_000_000, 21485)]
    [InlineData(long.MaxValue, KeyDigest.MostBlocks)]
    public void Size_OfADigest_GivesEachKeyElevenBits(long keys, int blocks) => Assert.Equal(blocks, KeyDigest.BlocksFor(keys));

    [Fact]
    public void Filter_ThatIsFull_LetsFewAbsentKeysPass()
    {
        const int Keys = 100_000;
        var blocks = KeyDigest.BlocksFor(Keys);
        var words = new ulong[blocks * KeyDigest.WordsPerBlock];
        for (var i = 0; i < Keys; i++)
            Add(KeyDigest.Hash(KeyOf(i)));

        for (var i = 0; i < Keys; i++)
            Assert.True(Has(KeyDigest.Hash(KeyOf(i))), "A key that was added is there.");
        var passed = Enumerable.Range(Keys, Keys).Count(i => Has(KeyDigest.Hash(KeyOf(i))));
        Assert.InRange(passed, 1, Keys / 100);

        void Add(UInt128 hash)
        {
            var block = KeyDigest.BlockOf(hash, blocks) * KeyDigest.WordsPerBlock;
            for (var i = 0; i < KeyDigest.BitsOfKey; i++)
                words[block + (KeyDigest.BitOf(hash, i) / 64)] |= 1UL << (KeyDigest.BitOf(hash, i) % 64);
        }

        bool Has(UInt128 hash) =>
            KeyDigest.IsIn(words.AsSpan(KeyDigest.BlockOf(hash, blocks) * KeyDigest.WordsPerBlock, KeyDigest.WordsPerBlock), hash);
    }

    private static byte[] KeyOf(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"kv:model/{number}"));
}
