using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client;

/// <content>The calls about many blocks, and about parts of one.</content>
public sealed partial class PrefixCacheClient
{
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
        using var time = CallDeadline.Start(within, cancellationToken);
        var writes = await _batchWriter.WriteAsync(keys, payloads, options, time).ConfigureAwait(false);
        _metrics.CallEnded("write_batch", Array.TrueForAll(writes, static write => write.IsStored) ? "stored" : "partly", began);
        return writes;
    }
}
