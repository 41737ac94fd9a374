using System.Collections.Concurrent;
using KvOrleans.Cli.Latency;
using KvOrleans.Cli.Workloads;
using KvOrleans.Client.Matching;

namespace KvOrleans.Cli.Replay;

/// <summary>What a replay has counted so far. Thread-safe.</summary>
internal sealed class ReplayTotals
{
    private readonly ConcurrentDictionary<string, long> _failures = new();

    private long _requests;
    private long _blockReferences;
    private long _blockHits;
    private long _inputTokens;
    private long _tokenHits;
    private long _failedCalls;
    private long _wrongBytes;
    private long _bytesRead;
    private long _bytesWritten;
    private long _blocksWritten;
    private long _blocksAlreadyPresent;
    private long _coldPrompts;
    private long _unaskedPrompts;

    /// <summary>Requests served to their end.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Blocks of those requests' chains.</summary>
    public long BlockReferences => Interlocked.Read(ref _blockReferences);

    /// <summary>Blocks of leading runs that were read and verified.</summary>
    public long BlockHits => Interlocked.Read(ref _blockHits);

    /// <summary>Tokens of those requests' prompts.</summary>
    public long InputTokens => Interlocked.Read(ref _inputTokens);

    /// <summary>Tokens that the hits stand for: what need not be computed again.</summary>
    public long TokenHits => Interlocked.Read(ref _tokenHits);

    /// <summary>Calls that ended in anything but a hit, a miss or a stored block.</summary>
    public long FailedCalls => Interlocked.Read(ref _failedCalls);

    /// <summary>Bytes that came back and were not the block's.</summary>
    public long WrongBytes => Interlocked.Read(ref _wrongBytes);

    /// <summary>Bytes read, right or wrong.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes written.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Writes that were accepted.</summary>
    public long BlocksWritten => Interlocked.Read(ref _blocksWritten);

    /// <summary>Writes of a block that was there already: another node was faster, or it lies behind a gap of its chain.</summary>
    public long BlocksAlreadyPresent => Interlocked.Read(ref _blocksAlreadyPresent);

    /// <summary>Prompts of which a match found nothing.</summary>
    public long ColdPrompts => Interlocked.Read(ref _coldPrompts);

    /// <summary>Of these, the ones for which no silo was asked.</summary>
    public long UnaskedPrompts => Interlocked.Read(ref _unaskedPrompts);

    /// <summary>Failed calls by what they were and how they ended.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    /// <summary>Of each match.</summary>
    public LatencyHistogram Match { get; } = new();

    /// <summary>Of each read call: a whole match, as far as node memory reaches.</summary>
    public LatencyHistogram Read { get; } = new();

    /// <summary>Of each block written.</summary>
    public LatencyHistogram Write { get; } = new();

    /// <summary>How late requests began, when they have times.</summary>
    public LatencyHistogram Lag { get; } = new();

    public void RequestServed(InferenceRequest request, int hits)
    {
        Interlocked.Add(ref _blockReferences, request.Blocks.Length);
        Interlocked.Add(ref _blockHits, hits);
        Interlocked.Add(ref _inputTokens, request.InputTokens);
        Interlocked.Add(ref _tokenHits, request.TokensOf(hits));
        Interlocked.Increment(ref _requests);
    }

    /// <summary>A prompt was matched.</summary>
    public void Matched(PrefixMatch match)
    {
        if (match.Blocks.Count > 0)
            return;
        Interlocked.Increment(ref _coldPrompts);
        if (match.IsByDigest)
            Interlocked.Increment(ref _unaskedPrompts);
    }

    public void BytesCame(long bytes, long wrong)
    {
        Interlocked.Add(ref _bytesRead, bytes);
        Interlocked.Add(ref _wrongBytes, wrong);
    }

    public void BlockStored(int bytes, bool accepted)
    {
        Interlocked.Add(ref _bytesWritten, bytes);
        Interlocked.Increment(ref accepted ? ref _blocksWritten : ref _blocksAlreadyPresent);
    }

    /// <summary>Counts a failed call; <paramref name="reason"/> is one of a few fixed texts.</summary>
    public void CallFailed(string reason)
    {
        Interlocked.Increment(ref _failedCalls);
        _failures.AddOrUpdate(reason, 1, static (_, count) => count + 1);
    }
}
