using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Cli.Traces;

namespace KvOrleans.Cli.Tests.Traces;

public sealed class BlockTokensTests
{
    [Fact]
    public void Infer_ChainsThatCoverThePrompt_FindsTheSize() => Assert.Equal(512, BlockTokens.Infer([Request(6758, 14), Request(7322, 15), Request(512, 1), Request(513, 2)]));

    [Fact]
    public void Infer_FullBlocksOnly_FindsTheSize() => Assert.Equal(64, BlockTokens.Infer([Request(323, 5), Request(63, 0), Request(1351, 21)]));

    [Fact]
    public void Infer_NoPowerOfTwoFits_IsTheSmallestThatDoes() => Assert.Equal(100, BlockTokens.Infer([Request(1000, 10), Request(901, 10)]));

    [Fact]
    public void Infer_NoOneSize_IsNull() => Assert.Null(BlockTokens.Infer([Request(1000, 10), Request(1000, 2)]));

    [Fact]
    public void Infer_NoBlocks_IsNull() => Assert.Null(BlockTokens.Infer([Request(1000, 0)]));

    [Fact]
    public void Of_Request_IsItsOwnSizeRoundedUp()
    {
        Assert.Equal(334, BlockTokens.Of(Request(1000, 3)));
        Assert.Equal(0, BlockTokens.Of(Request(1000, 0)));
    }

    [Theory]
    [InlineData("mooncake_conversation_first1200s.jsonl.gz", 512)]
    [InlineData("mooncake_synthetic_trace.jsonl.gz", 512)]
    [InlineData("lmcache_agents_64.jsonl.gz", 64)]
    [InlineData("weka_cc_dev_512.jsonl.gz", 512)]
    public void Infer_RecordedTrace_FindsItsSize(string file, long tokens) => Assert.Equal(tokens, BlockTokens.Infer(TraceReader.Read(RepositoryRoot.Trace(file))));

    private static TraceRequest Request(long tokens, int blocks) => new(0, tokens, new long[blocks]);
}
