using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Wire.Connections;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Sockets;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Client.Connections;

/// <summary>Opens connections. One is open when the silo has answered on it, so that a silo that accepts and stays silent is found out here.</summary>
/// <param name="password">For <c>AUTH</c>; null for none.</param>
/// <param name="reactor">Where the connections' waits end; null for the runtime's way, on the thread pool.</param>
/// <param name="readAhead">What is read ahead, in bytes.</param>
internal sealed class SiloDialer(string? password, SocketReactor? reactor = null, int readAhead = RespConnection.ReadAhead)
{
    /// <summary>How long opening may take. Calls wait for it no longer than their own deadline.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly byte[]? _password = password is null ? null : Encoding.UTF8.GetBytes(password);

    /// <summary>Opens a connection to <paramref name="endpoint"/>.</summary>
    /// <exception cref="NoConnectionException">The silo refused, or did not answer in time.</exception>
    public async Task<SiloConnection> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        Socket? socket = null;
        SiloConnection? connection = null;
        try
        {
            // May fail too: there may be no more descriptors, or no such address family.
            socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            connection = new(socket, await ConnectAsync(socket, endpoint, deadline.Token).ConfigureAwait(false), readAhead);
            await GreetAsync(connection, deadline.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error)
        {
            connection?.Dispose();
            socket?.Dispose();
            if (error is NoConnectionException)
                throw;
            throw new NoConnectionException(
                error is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds} s" : error.Message, error);
        }
        finally
        {
            await SocketReactor.Leave();
        }
    }

    private async ValueTask<Stream> ConnectAsync(Socket socket, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        if (reactor is not null)
            return await ReactorStream.ConnectAsync(reactor, socket, endpoint, cancellationToken).ConfigureAwait(false);
        await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task GreetAsync(SiloConnection connection, CancellationToken cancellationToken)
    {
        if (_password is not null)
        {
            connection.Output.WriteArrayHeader(2);
            connection.Output.WriteBulk("AUTH"u8);
            connection.Output.WriteBulk(_password);
        }

        connection.Output.WriteArrayHeader(1);
        connection.Output.WriteBulk("PING"u8);
        var asksForTraces = Traces.Source.HasListeners();
        if (asksForTraces)
            Traces.WriteQuestion(connection.Output);
        await connection.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_password is not null)
            await ExpectSimpleStringAsync(connection, cancellationToken).ConfigureAwait(false);
        await ExpectSimpleStringAsync(connection, cancellationToken).ConfigureAwait(false);
        if (asksForTraces)
            connection.Output.TakesTraces = (await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Type == RespReplyType.SimpleString;
    }

    private static async Task ExpectSimpleStringAsync(SiloConnection connection, CancellationToken cancellationToken)
    {
        var line = await connection.Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type == RespReplyType.Error)
            throw new NoConnectionException(SiloError.Read(connection.Replies.Text).Text);
        if (line.Type != RespReplyType.SimpleString)
            throw new RespProtocolException($"a greeting was expected, a {line.Type} came");
    }
}
