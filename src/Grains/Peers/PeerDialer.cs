using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Tracing;

namespace KvOrleans.Grains.Peers;

/// <summary>Opens connections. One is open when the silo has answered on it, so that a silo that accepts and stays silent is found out here.</summary>
internal sealed class PeerDialer(PeerOptions options, TimeProvider time)
{
    private static readonly string[] Refusals = ["WRONGPASS ", "NOAUTH "];

    private readonly byte[] _name = Encoding.UTF8.GetBytes(options.Name);
    private readonly byte[]? _password = options.Password.Length == 0 ? null : Encoding.UTF8.GetBytes(options.Password);

    /// <exception cref="PeerUnreachableException">The silo refused, or did not answer in time.</exception>
    public async Task<PeerConnection> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Socket? socket = null;
        PeerConnection? connection = null;
        try
        {
            // May fail too: there may be no more descriptors, or no such address family.
            socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
            connection = new(socket, time);
            await GreetAsync(connection, deadline.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error)
        {
            connection?.Dispose();
            socket?.Dispose();
            throw error as PeerUnreachableException
                ?? new PeerUnreachableException(error is OperationCanceledException ? "no answer in time" : error.Message, error);
        }
    }

    private async Task GreetAsync(PeerConnection connection, CancellationToken cancellationToken)
    {
        if (_password is not null)
        {
            connection.Output.WriteArrayHeader(2);
            connection.Output.WriteBulk("AUTH"u8);
            connection.Output.WriteBulk(_password);
        }

        connection.Output.WriteArrayHeader(2);
        connection.Output.WriteBulk("KV.PEER"u8);
        connection.Output.WriteBulk(_name);
        var asksForTraces = Traces.Source.HasListeners();
        if (asksForTraces)
            Traces.WriteQuestion(connection.Output);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        for (var replies = _password is null ? 1 : 2; replies > 0; replies--)
        {
            var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.Type == RespReplyType.SimpleString)
                continue;
            var error = line.Type == RespReplyType.Error ? PeerErrors.ForTheLog(connection.Replies.Text) : "not a silo";
            throw new PeerUnreachableException(error) { IsRefusal = Refusals.Any(code => error.StartsWith(code, StringComparison.Ordinal)) };
        }

        if (asksForTraces)
            connection.Output.TakesTraces = (await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Type == RespReplyType.SimpleString;
    }
}
