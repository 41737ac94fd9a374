using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Grains.Peers;

/// <summary>Reads what another silo decided of a write.</summary>
internal static class PeerDecisions
{
    /// <summary>Reads one; an error is an answer too.</summary>
    public static async ValueTask<PeerAnswer> ReadAsync(PeerConnection connection)
    {
        var line = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
            return PeerErrors.Read(connection.Replies.Text);
        if (line is not { Type: RespReplyType.Array, Number: 2 })
            throw new RespProtocolException($"a decision was expected, a {line.Type} came");
        var word = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
        if (word.Type != RespReplyType.SimpleString)
            throw new RespProtocolException($"an outcome was expected, a {word.Type} came");
        var outcome = Encoding.Latin1.GetString(connection.Replies.Text);
        var version = await connection.ReadTextAsync<BlockVersion>(
            static text => text.SequenceEqual("-"u8) ? default(BlockVersion) : BlockVersion.TryParse(text, out var parsed) ? parsed : null,
            CancellationToken.None).ConfigureAwait(false);
        return new(PeerOutcome.Answered, 0, outcome, version);
    }
}
