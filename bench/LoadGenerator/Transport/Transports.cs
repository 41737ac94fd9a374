using System.Net;
using System.Net.Sockets;

namespace KvOrleans.LoadGenerator.Transport;

/// <summary>Opens connections to servers on the loopback interface.</summary>
internal static class Transports
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(20);

    public static async Task<ITransport> ConnectAsync(TransportKind kind, int port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(ConnectTimeout);
            if (kind == TransportKind.Async)
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
                return new AsyncTransport(socket);
            }

            // An asynchronous connect would leave the descriptor non-blocking for good.
            socket.SendTimeout = socket.ReceiveTimeout = (int)SilenceTimeout.TotalMilliseconds;
            socket.Connect(IPAddress.Loopback, port);
            return new BlockingTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
