using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Writing;

/// <summary>Writes many blocks: to all their owners at once, over several connections each when there is much to write.</summary>
/// <remarks>The first try of each block is pipelined with others. What comes of it is for <see cref="BlockWriter"/> to judge, and to write again where that is right.</remarks>
internal sealed class BatchWriter(ClusterMapKeeper maps, BlockWriter writer)
{
    // Less than this is not worth a connection of its own.
    private const long SmallestShare = 1 << 20;

    /// <summary>Writes <paramref name="payloads"/>, which are as many as <paramref name="keys"/>.</summary>
    /// <returns>What became of each block, in order.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<BlockWrite[]> WriteAsync(
        ReadOnlyMemory<BlockKey> keys, ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BlockWriteOptions options, CallDeadline deadline)
    {
        var writes = new BlockWrite[keys.Length];
        if (maps.Current is not { Links.Length: > 0 } view)
            return writes;
        if (keys.Length == 1)
        {
            writes[0] = await writer.WriteAsync(keys.Span[0], payloads.Span[0], options, deadline, options.Parent).ConfigureAwait(false);
            return writes;
        }

        var batch = new WriteBatch(keys, payloads, options, view, deadline);
        await Task.WhenAll(Divide(batch).Select(blocks => WriteAsync(blocks, batch, writes))).ConfigureAwait(false);
        deadline.ThrowIfCancelled();
        return writes;
    }

    private static IEnumerable<OwnedBlocks> Divide(WriteBatch batch)
    {
        var owners = new int[batch.Keys.Length];
        batch.View.Owners.Find(batch.Keys.Span, owners);
        var parts = new OwnedBlocks?[batch.View.Links.Length];
        for (var i = 0; i < owners.Length; i++)
            (parts[owners[i]] ??= new(batch.View.Links[owners[i]])).Add(i, batch.PayloadOf(i).Length);
        return parts.OfType<OwnedBlocks>();
    }

    /// <summary>One silo's blocks. Never fails before all of its writes have ended: until then the payloads are in use.</summary>
    private async Task WriteAsync(OwnedBlocks blocks, WriteBatch batch, BlockWrite[] writes)
    {
        // Who waits for a connection when there is nothing left to write on it waits in vain.
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(batch.Deadline.Token);
        var connections = Math.Clamp(blocks.Bytes / SmallestShare, 1, Math.Min(blocks.Owner.Pool.Most, blocks.Count));
        var pipelines = new Task[connections];
        for (var i = 0; i < pipelines.Length; i++)
            pipelines[i] = PipelineAsync(blocks, batch, drained);
        await Task.WhenAll(pipelines).ConfigureAwait(false);
        await Task.WhenAll(blocks.Indices.Select(async index => writes[index] = await ConcludeAsync(index, batch).ConfigureAwait(false))).ConfigureAwait(false);
    }

    private static async Task PipelineAsync(OwnedBlocks blocks, WriteBatch batch, CancellationTokenSource drained)
    {
        SiloConnection? connection = null;
        WritePipeline? pipeline = null;
        var reusable = false;
        try
        {
            connection = await blocks.Owner.Pool.RentAsync(drained.Token).ConfigureAwait(false);
            pipeline = new(batch, blocks, connection);
            await pipeline.RunAsync().ConfigureAwait(false);
            reusable = true;
        }
        catch (Exception error)
        {
            pipeline?.Break(error);
        }
        finally
        {
            // Behind this are logs, meters and the caller's code.
            await SocketReactor.Leave();
            if (connection is not null)
                blocks.Owner.Pool.Return(connection, reusable);
            if (blocks.IsDrained)
                await drained.CancelAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<BlockWrite> ConcludeAsync(int index, WriteBatch batch)
    {
        var first = batch.FirstOf(index);
        // It was not begun, and will not be: a connection would only be lost over it.
        if (first is null && batch.Deadline.IsOver)
            return new(new BlockWrite(BlockWriteOutcome.DeadlineExceeded, default));
        return writer.WriteAsync(batch.KeyOf(index), batch.PayloadOf(index), batch.Options, batch.Deadline, batch.ParentOf(index), first);
    }
}
