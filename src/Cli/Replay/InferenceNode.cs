using KvOrleans.Cli.Contents;
using KvOrleans.Cli.Workloads;
using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Replay;

/// <summary>
/// What an inference engine does with the cache for each prompt: match the chain, read the match, "compute" the rest and write it, release
/// the match. Serves one request at a time.
/// </summary>
internal sealed class InferenceNode
{
    private readonly IPrefixCache _cache;
    private readonly ReplayOptions _options;
    private readonly ReplayKeys _keys;
    private readonly BlockContent _content;
    private readonly ReplayTotals _totals;
    private readonly TimeProvider _time;
    private readonly NodeMemory _memory;
    private readonly BlockWriteOptions _writing;
    private readonly byte[][] _computed;

    public InferenceNode(IPrefixCache cache, ReplayOptions options, ReplayKeys keys, BlockContent content, ReplayTotals totals, TimeProvider time)
    {
        _cache = cache;
        _options = options;
        _keys = keys;
        _content = content;
        _totals = totals;
        _time = time;
        _writing = new() { Concern = options.Concern };
        _memory = new(options.BlockBytes, options.NodeMemoryBytes);
        _computed = [.. Enumerable.Range(0, options.WritesInFlight).Select(_ => GC.AllocateUninitializedArray<byte>(options.BlockBytes, pinned: true))];
    }

    /// <summary>Serves one request and counts what came of it.</summary>
    public async Task ServeAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        var chain = _keys.Of(request.Blocks.Span);
        var match = await MatchAsync(chain, cancellationToken);
        var hits = await ReadAsync(match, chain, cancellationToken);
        await WriteRestAsync(chain, hits, cancellationToken);
        await _cache.ReleaseAsync(match, _options.Deadline, cancellationToken);
        _totals.RequestServed(request, hits);
    }

    private async Task<PrefixMatch> MatchAsync(BlockKey[] chain, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var match = await _cache.MatchAsync(chain, _options.Lease, _options.Deadline, cancellationToken);
        var took = _time.GetElapsedTime(started);
        _totals.Match.Record(took);
        _totals.Matched(match);

        if (!match.IsComplete)
            _totals.CallFailed(took >= _options.Deadline ? "match: deadline exceeded" : "match: the cache could not tell");
        return match;
    }

    /// <summary>Reads and verifies the match.</summary>
    /// <returns>How many leading blocks are here, every byte right.</returns>
    private async Task<int> ReadAsync(PrefixMatch match, BlockKey[] chain, CancellationToken cancellationToken)
    {
        var wanted = ReadableRun(match, chain);
        if (wanted == 0)
            return 0;

        var places = _memory.Places(wanted);
        var started = _time.GetTimestamp();
        var read = await _cache.ReadAsync(match, places, _options.Deadline, cancellationToken);
        _totals.Read.Record(_time.GetElapsedTime(started));

        var right = CountRight(chain, places, read);
        if (right < read)
            return right;
        if (read < places.Length)
        {
            await ReportShortReadAsync(match.Blocks[read].Key, places[read], cancellationToken);
            return read;
        }

        return await ReadBeyondMemoryAsync(chain, read, wanted, places[0], cancellationToken);
    }

    /// <summary>The leading blocks of the match that are what was asked for; anything else is the cache's mistake, and counted.</summary>
    private int ReadableRun(PrefixMatch match, BlockKey[] chain)
    {
        var run = 0;
        foreach (var block in match.Blocks)
        {
            if (run == chain.Length || block.Key != chain[run])
            {
                _totals.CallFailed("match: not a leading run of the chain");
                break;
            }

            if (block.Length != _options.BlockBytes)
            {
                _totals.BytesCame(0, Math.Max(1, Math.Abs((long)block.Length - _options.BlockBytes)));
                break;
            }

            run++;
        }

        return run;
    }

    private int CountRight(BlockKey[] chain, Memory<byte>[] places, int read)
    {
        for (var at = 0; at < read; at++)
        {
            if (!IsRight(chain[at], places[at]))
                return at;
        }

        return read;
    }

    private bool IsRight(BlockKey key, ReadOnlyMemory<byte> bytes)
    {
        var wrong = _content.CountWrong(key, bytes.Span);
        _totals.BytesCame(bytes.Length, wrong);
        return wrong == 0;
    }

    /// <summary>A leased block that could not be read: asks for it alone, since only that says why.</summary>
    private async Task ReportShortReadAsync(BlockKey key, Memory<byte> place, CancellationToken cancellationToken)
    {
        var alone = await _cache.ReadAsync(key, place, _options.Deadline, cancellationToken);
        _totals.CallFailed(alone.Outcome switch
        {
            BlockReadOutcome.Hit => "read: a match was cut short",
            BlockReadOutcome.Miss => "read: a leased block was gone",
            _ => $"read: {Words(alone.Outcome)}",
        });
    }

    private async Task<int> ReadBeyondMemoryAsync(BlockKey[] chain, int from, int wanted, Memory<byte> place, CancellationToken cancellationToken)
    {
        for (var at = from; at < wanted; at++)
        {
            var started = _time.GetTimestamp();
            var read = await _cache.ReadAsync(chain[at], place, _options.Deadline, cancellationToken);
            _totals.Read.Record(_time.GetElapsedTime(started));
            if (!read.IsHit)
            {
                _totals.CallFailed(read.Outcome == BlockReadOutcome.Miss ? "read: a leased block was gone" : $"read: {Words(read.Outcome)}");
                return at;
            }

            if (!IsRight(chain[at], place[..Math.Min(read.Length, place.Length)]))
                return at;
        }

        return wanted;
    }

    /// <summary>Writes the chain's blocks after the first <paramref name="hits"/>, the last first: the head shall be the most recently used.</summary>
    private async Task WriteRestAsync(BlockKey[] chain, int hits, CancellationToken cancellationToken)
    {
        var next = chain.Length;
        await Task.WhenAll(_computed.Select(WriteFromEndAsync));

        async Task WriteFromEndAsync(byte[] buffer)
        {
            for (var at = Interlocked.Decrement(ref next); at >= hits; at = Interlocked.Decrement(ref next))
                await WriteAsync(chain[at], at > 0 ? chain[at - 1] : default, buffer, cancellationToken);
        }
    }

    private async Task WriteAsync(BlockKey key, BlockKey parent, byte[] buffer, CancellationToken cancellationToken)
    {
        _content.Fill(key, buffer);
        var started = _time.GetTimestamp();
        var write = await _cache.WriteAsync(key, buffer, _writing with { Parent = parent == key ? default : parent }, _options.Deadline, cancellationToken);
        _totals.Write.Record(_time.GetElapsedTime(started));

        if (write.IsStored)
            _totals.BlockStored(buffer.Length, write.Outcome == BlockWriteOutcome.Accepted);
        if (!write.IsStored || write.Outcome == BlockWriteOutcome.NotReplicated)
            _totals.CallFailed($"write: {Words(write.Outcome)}");
    }

    private static string Words(BlockReadOutcome outcome) => outcome switch
    {
        BlockReadOutcome.DestinationTooSmall => "destination too small",
        BlockReadOutcome.Corrupt => "corrupt",
        BlockReadOutcome.Unavailable => "unavailable",
        BlockReadOutcome.DeadlineExceeded => "deadline exceeded",
        _ => outcome.ToString(),
    };

    private static string Words(BlockWriteOutcome outcome) => outcome switch
    {
        BlockWriteOutcome.Conflict => "conflict",
        BlockWriteOutcome.OutOfSpace => "out of space",
        BlockWriteOutcome.Busy => "busy",
        BlockWriteOutcome.Rejected => "rejected",
        BlockWriteOutcome.Unavailable => "unavailable",
        BlockWriteOutcome.DeadlineExceeded => "deadline exceeded",
        BlockWriteOutcome.NotReplicated => "not replicated",
        BlockWriteOutcome.TryAgain => "try again",
        BlockWriteOutcome.Unknown => "unknown",
        _ => outcome.ToString(),
    };
}
