using System.Net.Sockets;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Errors;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Draining;

/// <summary>Tells a silo to give its blocks away and to end, over its data plane.</summary>
internal static class DrainRequest
{
    private const int ReplyLength = 4;

    private static readonly SiloDrain Begun = new(SiloDrainOutcome.Begun, 0, 0, 0);

    /// <summary>Tells it; with <paramref name="wait"/> returns when the drain is over, or is not heard of any more.</summary>
    /// <exception cref="CacheException">The silo was not told, or refuses.</exception>
    public static async Task<SiloDrain> SendAsync(SiloLink link, bool wait, CallDeadline deadline)
    {
        SiloConnection connection;
        try
        {
            connection = await link.Pool.RentAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NoConnectionException or OperationCanceledException)
        {
            deadline.ThrowIfCancelled();
            throw new CacheException($"The silo {link.Silo.Name} at {link.Silo.DataPlane} does not answer; it was not told to drain.", error);
        }

        var reusable = false;
        try
        {
            Write(connection.Output, wait);
            await connection.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
            var drain = await ReadAsync(link, connection, wait, deadline.Token).ConfigureAwait(false);
            reusable = true;
            return drain;
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It may have heard.
            deadline.ThrowIfCancelled();
            return Begun;
        }
        finally
        {
            await SocketReactor.Leave();
            link.Pool.Return(connection, reusable);
        }
    }

    private static void Write(RespOutput output, bool wait)
    {
        output.WriteArrayHeader(wait ? 2 : 1);
        output.WriteBulk("KV.DRAIN"u8);
        if (wait)
            output.WriteBulk("WAIT"u8);
    }

    private static async ValueTask<SiloDrain> ReadAsync(SiloLink link, SiloConnection connection, bool wait, CancellationToken cancellationToken)
    {
        var replies = connection.Replies;
        var head = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (head.Type == RespReplyType.Error)
            throw new CacheException($"The silo {link.Silo.Name} was not told to drain: it answered {SiloError.Read(replies.Text).Text}.");
        if (!wait && head.Type == RespReplyType.SimpleString)
            return Begun;
        if (head.Type != RespReplyType.Array || head.Number != ReplyLength)
            throw new CacheException($"The silo {link.Silo.Name} gave an answer that is none of KV.DRAIN: a {head.Type}.");
        await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        var outcome = OutcomeOf(connection.Text);
        var offered = await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var given = await NumberAsync(replies, cancellationToken).ConfigureAwait(false);
        return new(outcome, offered, given, await NumberAsync(replies, cancellationToken).ConfigureAwait(false));
    }

    private static SiloDrainOutcome OutcomeOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("drained"u8) ? SiloDrainOutcome.Drained
        : text.SequenceEqual("cut-short"u8) ? SiloDrainOutcome.CutShort
        : SiloDrainOutcome.NotDrained;

    private static async ValueTask<long> NumberAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line.Type == RespReplyType.Integer ? line.Number : throw new CacheException($"A number was expected in the answer to KV.DRAIN, a {line.Type} came.");
    }
}
