using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Writing;

/// <summary>Writes blocks of a batch over one connection, each without waiting for what became of those before it, so that the silo receives one while it decides another.</summary>
/// <remarks>
/// What has no reply yet is bounded, in blocks and in bytes. The replies to so many are short enough to fit the sockets' buffers: neither side ever waits to write for the
/// other to read.
/// </remarks>
internal sealed class WritePipeline(WriteBatch batch, OwnedBlocks blocks, SiloConnection connection)
{
    private const int MostAhead = 24;
    private const int RefillBelow = MostAhead / 2;
    private const long MostBytesAhead = 8 << 20;

    private readonly Queue<int> _awaited = new(MostAhead);
    private long _bytesAhead;
    private int _sending = -1;

    /// <summary>Writes until all blocks are handed out and those of this connection have their replies.</summary>
    /// <exception cref="Exception">The connection is of no use any more; tell <see cref="Break"/>.</exception>
    public async ValueTask RunAsync()
    {
        var token = batch.Deadline.Token;
        while (true)
        {
            if (_awaited.Count <= RefillBelow)
                await SendAsync(token).ConfigureAwait(false);
            if (!_awaited.TryPeek(out var index))
                return;
            var reply = await WriteCommand.ReadReplyAsync(connection, token).ConfigureAwait(false);
            connection.Progressed();
            _awaited.Dequeue();
            _bytesAhead -= batch.PayloadOf(index).Length;
            batch.Tried(index, new(batch.View, blocks.Owner, reply));
        }
    }

    /// <summary>The connection is lost: what was sent and has no reply may have been written all the same.</summary>
    public void Break(Exception error)
    {
        // It is the oldest's reply that cannot be read, if it is a reply at all; the others are only cut off.
        while (_awaited.TryDequeue(out var index))
        {
            batch.Tried(index, new(batch.View, blocks.Owner, new(default, null, error, Sent: true)));
            error = error as NoConnectionException ?? new NoConnectionException("the connection has ended", error);
        }

        if (_sending >= 0)
            batch.Tried(_sending, new(batch.View, blocks.Owner, new(default, null, error)));
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        while (_awaited.Count < MostAhead && blocks.TryTake(_awaited.Count < 2 ? long.MaxValue : MostBytesAhead - _bytesAhead, out _sending))
        {
            var payload = batch.PayloadOf(_sending);
            var rest = await WriteCommand.BeginAsync(
                connection, batch.KeyOf(_sending), payload, BlockChecksum.Of(payload.Span), batch.Options, batch.ParentOf(_sending), cancellationToken).ConfigureAwait(false);
            _awaited.Enqueue(_sending);
            _sending = -1;
            _bytesAhead += payload.Length;
            await WriteCommand.EndAsync(connection, rest, cancellationToken).ConfigureAwait(false);
            if (connection.Output.WantsFlush)
                await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            connection.Progressed();
        }

        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
