using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Cli.Traces;
using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Tests.Replay;

/// <summary>The recorded traces through the replay's own order of calls, against a cache whose hit ratio is known from elsewhere.</summary>
public sealed class RecordedTraceTests
{
    private const string Conversation = "mooncake_conversation_first1200s.jsonl.gz";
    private const string Synthetic = "mooncake_synthetic_trace.jsonl.gz";

    [Theory]
    [InlineData(Conversation, 3_658, 97_495, .318)]
    [InlineData(Synthetic, 3_993, 121_877, .640)]
    public async Task Replay_UnboundedCache_HasTheIdealHitRatio(string file, long requests, long references, double ideal)
    {
        var totals = await ReplayAsync(file, int.MaxValue);

        Assert.Equal((requests, references, 0, 0), (totals.Requests, totals.BlockReferences, totals.FailedCalls, totals.WrongBytes));
        Assert.Equal(ideal, totals.BlockHits / (double)totals.BlockReferences, .0005);
    }

    [Theory]
    [InlineData(Conversation, .205)]
    [InlineData(Synthetic, .424)]
    public async Task Replay_CacheOfTenThousandBlocks_HasTheHitRatioOfLruTailFirst(string file, double expected)
    {
        var totals = await ReplayAsync(file, 10_000);

        Assert.Equal(expected, totals.BlockHits / (double)totals.BlockReferences, .002);
    }

    private static async Task<ReplayTotals> ReplayAsync(string file, int capacity)
    {
        var workload = new TraceWorkload(file, TraceReader.Read(RepositoryRoot.Trace(file)));
        var engine = new ReplayEngine([new FakeCache(capacity)], workload, new() { BlockBytes = 64 }, TimeProvider.System);
        await engine.RunAsync(CancellationToken.None);
        return engine.Totals;
    }
}
