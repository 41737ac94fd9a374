using KvOrleans.Cli.Contents;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Cli.Workloads;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Replay;

public sealed class ReplayEngineTests
{
    private const int BlockBytes = 8192;

    private static readonly ReplayOptions Options = new() { BlockBytes = BlockBytes };
    private static readonly ReplayKeys Keys = new(Options.Fingerprint, BlockBytes);

    private readonly JumpingTimeProvider _time = new();

    [Fact]
    public async Task RunAsync_RepeatedPrefix_CountsTheLeadingRun()
    {
        var totals = await RunAsync(new(), new ListWorkload([1, 2, 3], [1, 2, 9], [7]));

        Assert.Equal((3, 7, 2), (totals.Requests, totals.BlockReferences, totals.BlockHits));
        Assert.Equal((25, 8), (totals.InputTokens, totals.TokenHits));
        Assert.Equal((2 * BlockBytes, 5 * BlockBytes), (totals.BytesRead, totals.BytesWritten));
        Assert.Equal((0, 0), (totals.FailedCalls, totals.WrongBytes));
        Assert.Equal((3, 1, 5), (totals.Match.Count, totals.Read.Count, totals.Write.Count));
    }

    [Fact]
    public async Task RunAsync_WholePromptIsThere_CountsItsPartialLastBlock()
    {
        var totals = await RunAsync(new(), new ListWorkload([1, 2], [1, 2]));

        Assert.Equal(2 * ListWorkload.BlockTokens - 1, totals.TokenHits);
    }

    [Fact]
    public async Task RunAsync_Rest_IsWrittenLastBlockFirst()
    {
        var cache = new FakeCache();
        await RunAsync(cache, new ListWorkload([1, 2, 3], [1, 4, 5]));

        Assert.Equal(new long[] { 3, 2, 1, 5, 4 }.Select(Keys.Of), cache.Written);
    }

    [Fact]
    public async Task RunAsync_EveryMatch_IsReleased()
    {
        var cache = new FakeCache();
        await RunAsync(cache, new ListWorkload([1], [1], [2]));

        Assert.Equal(3, cache.Released);
    }

    [Fact]
    public async Task RunAsync_GapInTheChain_EndsTheRunThere()
    {
        var cache = new FakeCache { WriteOutcome = number => number == 2 ? BlockWriteOutcome.Busy : null };
        var totals = await RunAsync(cache, new ListWorkload([1, 2, 3], [1, 2, 3]));

        Assert.Equal(1, totals.BlockHits);
        Assert.Equal((4, 1), (totals.BlocksWritten - 0 + totals.BlocksAlreadyPresent, totals.BlocksAlreadyPresent));
        Assert.Equal(1, totals.Failures["write: busy"]);
    }

    [Fact]
    public async Task RunAsync_WrongByte_IsCountedAndEndsTheRun()
    {
        var cache = new FakeCache
        {
            Damage = (key, bytes) =>
            {
                if (key == Keys.Of(2))
                    bytes.Span[5000] ^= 1;
            },
        };
        var totals = await RunAsync(cache, new ListWorkload([1, 2, 3], [1, 2, 3]));

        Assert.Equal((1, 1), (totals.WrongBytes, totals.BlockHits));
    }

    [Fact]
    public async Task RunAsync_BlocksInEachOthersPlace_AreWrong()
    {
        var content = new BlockContent();
        var cache = new FakeCache { Damage = (_, bytes) => content.Fill(Keys.Of(99), bytes.Span) };
        var totals = await RunAsync(cache, new ListWorkload([1], [1]));

        Assert.InRange(totals.WrongBytes, BlockBytes / 2, BlockBytes);
    }

    [Theory]
    [InlineData(BlockWriteOutcome.Conflict, "write: conflict")]
    [InlineData(BlockWriteOutcome.OutOfSpace, "write: out of space")]
    [InlineData(BlockWriteOutcome.Busy, "write: busy")]
    [InlineData(BlockWriteOutcome.Rejected, "write: rejected")]
    [InlineData(BlockWriteOutcome.Unavailable, "write: unavailable")]
    [InlineData(BlockWriteOutcome.DeadlineExceeded, "write: deadline exceeded")]
    public async Task RunAsync_WriteFails_IsCountedByItsOutcome(BlockWriteOutcome outcome, string reason)
    {
        var totals = await RunAsync(new() { WriteOutcome = _ => outcome }, new ListWorkload([1, 2]));

        Assert.Equal((2, 2), (totals.FailedCalls, totals.Failures[reason]));
        Assert.Equal(0, totals.BytesWritten);
    }

    [Theory]
    [InlineData(BlockReadOutcome.Miss, "read: a leased block was gone")]
    [InlineData(BlockReadOutcome.Corrupt, "read: corrupt")]
    [InlineData(BlockReadOutcome.Unavailable, "read: unavailable")]
    [InlineData(BlockReadOutcome.DeadlineExceeded, "read: deadline exceeded")]
    public async Task RunAsync_MatchedBlockCannotBeRead_IsCountedByItsOutcome(BlockReadOutcome outcome, string reason)
    {
        var cache = new FakeCache { ReadOutcome = key => key == Keys.Of(2) ? outcome : null };
        var totals = await RunAsync(cache, new ListWorkload([1, 2, 3], [1, 2, 3]));

        Assert.Equal((1, 1, 1), (totals.FailedCalls, totals.Failures[reason], totals.BlockHits));
    }

    [Fact]
    public async Task RunAsync_BlockOfAnotherLength_IsWrong()
    {
        var cache = new FakeCache();
        await cache.WriteAsync(Keys.Of(1), new byte[BlockBytes - 7]);
        var totals = await RunAsync(cache, new ListWorkload([1, 2]));

        Assert.Equal((7, 0), (totals.WrongBytes, totals.BlockHits));
    }

    [Fact]
    public async Task RunAsync_MatchBeyondNodeMemory_IsReadToItsEnd()
    {
        var cache = new FakeCache();
        var totals = await RunAsync(cache, new ListWorkload([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), Options with { NodeMemoryBytes = 2 * BlockBytes });

        Assert.Equal((5, 2, 0), (totals.BlockHits, cache.LargestRead, totals.WrongBytes));
    }

    [Fact]
    public async Task RunAsync_Speedup_StartsRequestsAtTheirTimes()
    {
        var began = _time.Now;
        await RunAsync(new(), new ListWorkload([1], [2], [3], [4], [5]), Options with { Speedup = 2 });

        Assert.Equal(TimeSpan.FromSeconds(2), _time.Now - began);
    }

    [Fact]
    public async Task RunAsync_RequestsThatTakeLongerThanTheirTimes_ReportTheirLag()
    {
        var cache = new FakeCache { WriteOutcome = Slow };
        var totals = await RunAsync(cache, new ListWorkload([1], [2], [3]), Options with { Speedup = 1 });

        Assert.Equal(3, totals.Lag.Count);
        Assert.Equal(TimeSpan.FromSeconds(4), totals.Lag.Percentile(1));

        BlockWriteOutcome? Slow(int number)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return null;
        }
    }

    [Fact]
    public async Task RunAsync_Duration_EndsAnEndlessWorkload()
    {
        var cache = new FakeCache { WriteOutcome = Tick };
        var workload = new ConversationWorkload(() => new Random(1), new());
        var totals = await RunAsync(cache, workload, Options with { Duration = TimeSpan.FromSeconds(1) });

        Assert.InRange(totals.Requests, 1, 1_000);

        BlockWriteOutcome? Tick(int number)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return null;
        }
    }

    [Fact]
    public async Task RunAsync_SeveralNodes_ServeEveryRequestOnce()
    {
        var cache = new FakeCache();
        var chains = Enumerable.Range(0, 300).Select(number => new long[] { 0, number % 50 + 1, 1_000 + number }).ToArray();
        var engine = new ReplayEngine([cache, cache, cache, cache], new ListWorkload(chains), Options with { WritesInFlight = 3 }, TimeProvider.System);
        await engine.RunAsync(CancellationToken.None);

        var totals = engine.Totals;
        Assert.Equal((300, 900, 0, 0), (totals.Requests, totals.BlockReferences, totals.FailedCalls, totals.WrongBytes));
        Assert.Equal(351, totals.BlocksWritten);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        using var cancel = new CancellationTokenSource();
        var cache = new FakeCache { WriteOutcome = StopAtTen };
        var engine = new ReplayEngine([cache], new ConversationWorkload(() => new Random(1), new()), Options, _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.RunAsync(cancel.Token));

        BlockWriteOutcome? StopAtTen(int number)
        {
            if (number == 10)
                cancel.Cancel();
            return null;
        }
    }

    [Fact]
    public async Task RunAsync_CacheThatThrows_FailsTheReplay()
    {
        var engine = new ReplayEngine(
            [new FakeCache(), new FakeCache { WriteOutcome = _ => throw new InvalidOperationException("defect") }],
            new ConversationWorkload(() => new Random(1), new()),
            Options,
            TimeProvider.System);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.RunAsync(CancellationToken.None));
        Assert.Equal("defect", error.Message);
    }

    private async Task<ReplayTotals> RunAsync(FakeCache cache, IWorkload workload, ReplayOptions? options = null)
    {
        var engine = new ReplayEngine([cache], workload, options ?? Options, _time);
        await engine.RunAsync(CancellationToken.None);
        return engine.Totals;
    }
}
