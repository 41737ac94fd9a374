using System.Diagnostics;
using System.Runtime.CompilerServices;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Filling;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Tracing;

namespace KvOrleans.Client;

/// <content>The calls about many blocks, and about parts of one.</content>
public sealed partial class PrefixCacheClient
{
    private static readonly TimeSpan ShortestFillLease = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly GetOrComputeOptions DefaultFill = new();

    /// <inheritdoc/>
    public async ValueTask<GetOrComputeResult> GetOrComputeAsync(
        ReadOnlyMemory<BlockKey> chain, ReadOnlyMemory<Memory<byte>> destinations, Func<int, CancellationToken, ValueTask> compute,
        GetOrComputeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(compute);
        if (destinations.Length != chain.Length)
            throw new ArgumentException($"{destinations.Length} destinations for {chain.Length} keys.", nameof(destinations));
        if (chain.Length > ChainMatcher.LongestChain)
            throw new ArgumentException($"A chain has at most {ChainMatcher.LongestChain} blocks, this one has {chain.Length}.", nameof(chain));
        foreach (var key in chain.Span)
            Check(key, nameof(chain));
        options ??= DefaultFill;
        Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (chain.IsEmpty)
            return default;

        var began = _metrics.CallBegan();
        var fill = new ChainFill(_filler, chain, destinations, compute, options, options.Deadline ?? _defaultDeadline, _defaultLease, cancellationToken);
        var result = await fill.RunAsync().ConfigureAwait(false);
        _metrics.CallEnded("get_or_compute", result.Computed == 0 ? "hit" : "computed", began);
        return result;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<int> ReadEachAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        Check(match, destinations.Span);
        return EnumerateAsync(match, destinations, deadline ?? _defaultDeadline, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<BlockRead> ReadAsync(
        PrefixMatch match, int index, long offset, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        if (index < 0 || index >= match.Blocks.Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The match has {match.Blocks.Count} blocks.");
        var block = match.Blocks[index];
        if (offset < 0 || offset > block.Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The block has {block.Length} bytes, {destination.Length} are asked for.");
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
            return new(BlockReadOutcome.DeadlineExceeded, default, 0);

        var began = _metrics.CallBegan();
        using var time = CallDeadline.Start(within, cancellationToken);
        var question = new BlockQuestion(block.Key, block.Version, (int)offset);
        var read = await _reader.ReadAsync(question, destination, match.HolderOf(index), time).ConfigureAwait(false);
        _metrics.CallEnded("read_part", OutcomeNames.Of(read.Outcome), began);
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlockWrite>> WriteAsync(
        ReadOnlyMemory<BlockKey> keys, ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BlockWriteOptions? options = null, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        if (keys.Length != payloads.Length)
            throw new ArgumentException($"{payloads.Length} payloads for {keys.Length} keys.", nameof(payloads));
        foreach (var key in keys.Span)
            Check(key, nameof(keys));
        options ??= DefaultWrite;
        Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (keys.IsEmpty)
            return [];
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
            return [.. Enumerable.Repeat(new BlockWrite(BlockWriteOutcome.DeadlineExceeded, default), keys.Length)];

        var began = _metrics.CallBegan();
        using var activity = Traces.Source.StartActivity("write batch", ActivityKind.Client);
        using var time = CallDeadline.Start(within, cancellationToken);
        var writes = await _batchWriter.WriteAsync(keys, payloads, options, time).ConfigureAwait(false);
        _metrics.CallEnded("write_batch", Array.TrueForAll(writes, static write => write.IsStored) ? "stored" : "partly", began);
        return writes;
    }

    private static void Check(GetOrComputeOptions options)
    {
        if (options.LongestWait < TimeSpan.Zero || options.LongestWait > LongestWait)
            throw new ArgumentOutOfRangeException(nameof(options), options.LongestWait, "The longest wait is 0 to 1 h.");
        if (options.Deadline is { } deadline && deadline <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), deadline, "A deadline is more than 0.");
        if (options.FillLease < ShortestFillLease || options.FillLease > CallDeadline.Longest)
            throw new ArgumentOutOfRangeException(nameof(options), options.FillLease, "A fill lease is 100 ms to 10 min.");
        if (options.Write is { } write)
            Check(write);
    }

    private async IAsyncEnumerable<int> EnumerateAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan within, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (within <= TimeSpan.Zero || destinations.IsEmpty)
            yield break;
        var progress = new ReadProgress(destinations.Length);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(match, destinations, within, progress, left.Token);
        var isAtEnd = false;
        try
        {
            while (await progress.Ready.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (progress.Ready.TryRead(out var index))
                    yield return index;
            }

            isAtEnd = true;
        }
        finally
        {
            if (!isAtEnd)
                await left.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (reading.IsCanceled)
            cancellationToken.ThrowIfCancellationRequested();
        await reading.ConfigureAwait(false);
    }

    private async Task ReadAsync(PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan within, ReadProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            var began = _metrics.CallBegan();
            using var time = CallDeadline.Start(within, cancellationToken);
            var read = await _matchReader.ReadAsync(match, destinations, time, progress).ConfigureAwait(false);
            _metrics.CallEnded("read_each", read == destinations.Length ? "hit" : "miss", began);
        }
        finally
        {
            progress.End();
        }
    }
}
