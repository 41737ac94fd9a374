using CsCheck;
using KvOrleans.Client.Hashing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Hashing;

public class PrefixHasherTests
{
    private static readonly ModelFingerprint Model = new("meta-llama/Llama-3-8B", "main", "bfloat16", "NHD", 4);

    private readonly PrefixHasher _hasher = new(new() { BlockTokens = 4, Model = Model });

    [Fact]
    public void Extend_AnyCut_EqualsTheWholeChain()
    {
        var item = Gen.Select(Gen.Int[0, 30], Gen.Int[1, 40], (gap, length) => (gap, length));
        Gen.Select(Gen.Int[0, int.MaxValue].Array[0, 60], Gen.Int[0, 60], item.Array[0, 4]).Sample((tokens, cut, gaps) =>
        {
            var offset = 0;
            var extras = new PrefixExtras { MultiModal = [.. gaps.Select(gap => new MultiModalItem("x", offset += gap.gap, gap.length))] };
            var beginning = _hasher.Chain(tokens.AsSpan(0, Math.Min(cut, tokens.Length)), extras);

            Assert.Equal(_hasher.Chain(tokens, extras), _hasher.Extend(beginning, tokens, extras));
        });
    }

    [Fact]
    public void HashChain_TokenChanges_ChangesItsBlockAndAllAfter() =>
        Gen.Select(Gen.Int[0, int.MaxValue - 1].Array[40], Gen.Int[0, 39]).Sample((tokens, at) =>
        {
            var before = Hashes(tokens);
            tokens[at]++;
            var after = Hashes(tokens);

            Assert.All(Enumerable.Range(0, 10), block => Assert.Equal(block < at / 4, before[block] == after[block]));
        });

    [Fact]
    public void HashChain_ManyThreads_AgreeWithOne()
    {
        var tokens = Enumerable.Range(0, 4_000).ToArray();
        var expected = Hashes(tokens);

        Parallel.For(0, 16, _ => Assert.Equal(expected, Hashes(tokens)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HashChain_MoreBlocks_AllocatesNoMore(bool withExtras)
    {
        var tokens = Enumerable.Range(0, 40_000).ToArray();
        var hashes = new BlockHash[10_000];
        var extras = withExtras
            ? new PrefixExtras { LoraName = "l", CacheSalt = "s", MultiModal = [new("i", 0, 39_000)], Embeddings = new(new byte[40_000], 1) }
            : null;
        _hasher.HashChain(tokens, hashes, extras);

        var few = Allocated(() => _hasher.HashChain(tokens.AsSpan(0, 40), hashes, extras));
        var many = Allocated(() => _hasher.HashChain(tokens, hashes, extras));

        Assert.Equal(few, many);
        Assert.InRange(many, 0, 2_048);
    }

    [Fact]
    public void HashChain_NegativeToken_IsRefusedWhereverItIs()
    {
        foreach (var at in new[] { 0, 3, 5, 8 })
        {
            var tokens = new int[9];
            tokens[at] = -1;
            Assert.Throws<ArgumentOutOfRangeException>("tokens", () => Hashes(tokens));
        }
    }

    [Fact]
    public void HashChain_TooFewHashes_IsRefused() =>
        Assert.Throws<ArgumentException>("hashes", () => _hasher.HashChain(new int[8], new BlockHash[1]));

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void HashChain_KnownOutOfRange_IsRefused(int known) =>
        Assert.Throws<ArgumentOutOfRangeException>("known", () => _hasher.HashChain(new int[8], new BlockHash[4], known: known));

    [Fact]
    public void HashChain_WrongExtras_AreRefused()
    {
        PrefixExtras[] wrong =
        [
            new() { LoraName = "" },
            new() { LoraName = "\ud800" },
            new() { MultiModal = [new("", 0, 1)] },
            new() { MultiModal = [new("a", 0, 0)] },
            new() { MultiModal = [new("a", -1, 3)] },
            new() { MultiModal = [new("a", 5, 1), new("b", 4, 1)] },
        ];

        Assert.All(wrong, extras => Assert.ThrowsAny<ArgumentException>(() => _hasher.Chain(new int[8], extras)));
    }

    [Fact]
    public void Extend_KeyOfAnotherModel_IsRefused()
    {
        var other = new PrefixHasher(new() { BlockTokens = 4, Model = new(Model.ModelId, "other", Model.Dtype, Model.Layout, 4) });
        BlockKey[] foreign = [.. other.Chain(new int[4]), BlockKey.From("kv:x"), BlockKey.From($"kv:{Model}/{new string('g', 64)}")];

        Assert.All(foreign, key => Assert.Throws<ArgumentException>("chain", () => _hasher.Extend([key], new int[8])));
    }

    [Fact]
    public void Extend_ChainLongerThanTheTokens_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>("chain", () => _hasher.Extend(_hasher.Chain(new int[8]), new int[7]));

    [Fact]
    public void Chain_NoModel_SaysWhatToSet()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new PrefixHasher(new()).Chain(new int[16]));
        Assert.Contains(nameof(PrefixHasherOptions.Model), error.Message);
    }

    [Fact]
    public void Chain_AnyKey_IsWriteOnce() =>
        Assert.All(_hasher.Chain(new int[8]), key => Assert.Equal(BlockKind.WriteOnce, KeyKinds.Default.Of(key.Span)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(PrefixHasherOptions.MaxBlockTokens + 1)]
    public void PrefixHasher_BlockTokensOutOfRange_IsRefused(int blockTokens) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrefixHasher(new() { BlockTokens = blockTokens }));

    [Fact]
    public void PrefixHasher_BlockTokensUnlikeTheModels_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new PrefixHasher(new() { BlockTokens = 16, Model = Model }));

    [Fact]
    public void BlockHash_NotThirtyTwoBytes_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => BlockHash.From(new byte[31]));
        Assert.Throws<ArgumentException>(() => BlockHash.From(new byte[33]));
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private BlockHash[] Hashes(int[] tokens)
    {
        var hashes = new BlockHash[_hasher.CountBlocks(tokens.Length)];
        _hasher.HashChain(tokens, hashes);
        return hashes;
    }
}
