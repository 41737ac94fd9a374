using KvOrleans.Cli.Balance;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Latency;

namespace KvOrleans.Cli.Replay;

/// <summary>What a replay came to. Its properties, in camelCase, are the object that <c>--json</c> prints: names stay.</summary>
internal sealed record ReplayReport
{
    /// <summary>What was replayed.</summary>
    public required string Workload { get; init; }

    /// <summary>False when the replay was stopped before its end.</summary>
    public required bool Complete { get; init; }

    public required int Nodes { get; init; }

    public required int BlockBytes { get; init; }

    public required double? Speedup { get; init; }

    public required double DurationSeconds { get; init; }

    public required long Requests { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required long BlockReferences { get; init; }

    /// <summary>Blocks of the requests' leading runs that were read, every byte right.</summary>
    public required long BlockHits { get; init; }

    /// <summary>Block hits / block references.</summary>
    public required double HitRatio { get; init; }

    public required long InputTokens { get; init; }

    /// <summary>Tokens of the hits / tokens of the prompts.</summary>
    public required double TokenHitRatio { get; init; }

    /// <summary>Tokens of the hits.</summary>
    public required long PrefillTokensSaved { get; init; }

    public required long FailedCalls { get; init; }

    /// <summary>Failed calls by what they were and how they ended.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    public required long WrongBytes { get; init; }

    public required long BytesRead { get; init; }

    public required long BytesWritten { get; init; }

    public required long BlocksWritten { get; init; }

    public required long BlocksAlreadyPresent { get; init; }

    /// <summary>Bytes read / the replay's duration, in 10⁹ bytes a second.</summary>
    public required double ReadGigabytesPerSecond { get; init; }

    /// <summary>Bytes written / the replay's duration, in 10⁹ bytes a second.</summary>
    public required double WriteGigabytesPerSecond { get; init; }

    public required double? MatchP50Microseconds { get; init; }

    public required double? MatchP99Microseconds { get; init; }

    public required double? MatchMaxMicroseconds { get; init; }

    /// <summary>Of a read call, which brings a whole match.</summary>
    public required double? ReadP50Microseconds { get; init; }

    public required double? ReadP99Microseconds { get; init; }

    public required double? ReadMaxMicroseconds { get; init; }

    /// <summary>Of the write of one block.</summary>
    public required double? WriteP50Microseconds { get; init; }

    public required double? WriteP99Microseconds { get; init; }

    public required double? WriteMaxMicroseconds { get; init; }

    /// <summary>How late requests began; null without a speedup.</summary>
    public required double? LagP50Milliseconds { get; init; }

    public required double? LagP99Milliseconds { get; init; }

    public required double? LagMaxMilliseconds { get; init; }

    /// <summary>Silos that answered at the end; this and what follows is null when none did.</summary>
    public required int? Silos { get; init; }

    /// <summary>Memory that the silos may use for blocks.</summary>
    public required long? MemoryBytes { get; init; }

    /// <summary>Memory that the silos' blocks take.</summary>
    public required long? MemoryHeldBytes { get; init; }

    public required long? PayloadBytes { get; init; }

    public required long? ResidentBytes { get; init; }

    public required long? Blocks { get; init; }

    public required long? Evictions { get; init; }

    /// <summary>Bytes that were asked for a second time because a silo was slow to answer.</summary>
    public long HedgedBytes { get; init; }

    /// <summary>Those / bytes read.</summary>
    public double HedgedRatio => Ratio(HedgedBytes, BytesRead);

    /// <summary>Requests that matches sent to silos; this and what follows is 0 when the cache does not count it.</summary>
    public long MatchQuestions { get; init; }

    /// <summary>Match questions / requests.</summary>
    public double MatchQuestionsPerRequest { get; init; }

    /// <summary>Blocks that matches asked silos for.</summary>
    public long BlocksAsked { get; init; }

    /// <summary>Of these, the ones that were not there.</summary>
    public long BlocksAskedAbsent { get; init; }

    /// <summary>Blocks that were not asked for, since digests ruled them out or one before them.</summary>
    public long BlocksSkipped { get; init; }

    /// <summary>Changes of digests that were received.</summary>
    public long DigestBytes { get; init; }

    /// <summary>Digests that ruled out a block that was there. Anything but 0 is a defect.</summary>
    public long WrongDigests { get; init; }

    /// <summary>Prompts of which a match found nothing.</summary>
    public required long ColdPrompts { get; init; }

    /// <summary>Cold prompts for which no silo was asked / cold prompts.</summary>
    public required double ColdPromptsUnaskedRatio { get; init; }

    /// <summary>How evenly the silos served; null when it was not watched.</summary>
    public BalanceReport? Balance { get; init; }

    /// <summary>Extra copies of hot blocks; null when the silos do not count them.</summary>
    public ExtraCopiesReport? ExtraCopies { get; init; }

    /// <summary>What was done to the silos meanwhile, and what came of it.</summary>
    public IReadOnlyList<IncidentReport> Incidents { get; init; } = [];

    /// <summary>Whether the replay ended, every byte was right and no call failed.</summary>
    public bool Succeeded => Complete && FailedCalls == 0 && WrongBytes == 0;

    /// <summary>Puts together what was counted.</summary>
    public static ReplayReport Of(string workload, bool complete, int nodes, ReplayOptions options, ReplayTotals totals, TimeSpan duration, SiloUse? silos)
    {
        var seconds = Math.Max(duration.TotalSeconds, 1e-6);
        return new()
        {
            Workload = workload,
            Complete = complete,
            Nodes = nodes,
            BlockBytes = options.BlockBytes,
            Speedup = options.Speedup,
            DurationSeconds = duration.TotalSeconds,
            Requests = totals.Requests,
            RequestsPerSecond = totals.Requests / seconds,
            BlockReferences = totals.BlockReferences,
            BlockHits = totals.BlockHits,
            HitRatio = Ratio(totals.BlockHits, totals.BlockReferences),
            InputTokens = totals.InputTokens,
            TokenHitRatio = Ratio(totals.TokenHits, totals.InputTokens),
            PrefillTokensSaved = totals.TokenHits,
            FailedCalls = totals.FailedCalls,
            Failures = totals.Failures,
            WrongBytes = totals.WrongBytes,
            BytesRead = totals.BytesRead,
            BytesWritten = totals.BytesWritten,
            BlocksWritten = totals.BlocksWritten,
            BlocksAlreadyPresent = totals.BlocksAlreadyPresent,
            ReadGigabytesPerSecond = totals.BytesRead / seconds / 1e9,
            WriteGigabytesPerSecond = totals.BytesWritten / seconds / 1e9,
            MatchP50Microseconds = Microseconds(totals.Match, .5),
            MatchP99Microseconds = Microseconds(totals.Match, .99),
            MatchMaxMicroseconds = Microseconds(totals.Match, 1),
            ReadP50Microseconds = Microseconds(totals.Read, .5),
            ReadP99Microseconds = Microseconds(totals.Read, .99),
            ReadMaxMicroseconds = Microseconds(totals.Read, 1),
            WriteP50Microseconds = Microseconds(totals.Write, .5),
            WriteP99Microseconds = Microseconds(totals.Write, .99),
            WriteMaxMicroseconds = Microseconds(totals.Write, 1),
            LagP50Milliseconds = totals.Lag.Percentile(.5)?.TotalMilliseconds,
            LagP99Milliseconds = totals.Lag.Percentile(.99)?.TotalMilliseconds,
            LagMaxMilliseconds = totals.Lag.Percentile(1)?.TotalMilliseconds,
            ColdPrompts = totals.ColdPrompts,
            ColdPromptsUnaskedRatio = Ratio(totals.UnaskedPrompts, totals.ColdPrompts),
            Silos = silos?.Silos,
            MemoryBytes = silos?.ArenaBytes,
            MemoryHeldBytes = silos?.HeldBytes,
            PayloadBytes = silos?.PayloadBytes,
            ResidentBytes = silos?.ResidentBytes,
            Blocks = silos?.Blocks,
            Evictions = silos?.Evictions,
        };
    }

    /// <summary>The report with what the nodes' clients counted.</summary>
    public ReplayReport With(ClientCounters counters) => this with
    {
        MatchQuestions = counters.Of("kvorleans.client.match.questions"),
        MatchQuestionsPerRequest = Ratio(counters.Of("kvorleans.client.match.questions"), Requests),
        BlocksAsked = counters.Of("kvorleans.client.match.asked"),
        BlocksAskedAbsent = counters.Of("kvorleans.client.match.absent"),
        BlocksSkipped = counters.Of("kvorleans.client.match.skipped"),
        DigestBytes = counters.Of("kvorleans.client.digest.bytes"),
        WrongDigests = counters.Of("kvorleans.client.digest.wrong"),
    };

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static double? Microseconds(LatencyHistogram histogram, double quantile) => histogram.Percentile(quantile)?.TotalMicroseconds;
}
