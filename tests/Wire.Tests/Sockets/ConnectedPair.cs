using System.Net;
using System.Net.Sockets;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Wire.Tests.Sockets;

/// <summary>A stream of a reactor and the blocking socket at its other end.</summary>
internal sealed class ConnectedPair : IDisposable
{
    private ConnectedPair(Socket socket, ReactorStream stream, Socket peer) => (Socket, Stream, Peer) = (socket, stream, peer);

    /// <summary>The stream's socket.</summary>
    public Socket Socket { get; }

    public ReactorStream Stream { get; }

    public Socket Peer { get; }

    public static async Task<ConnectedPair> OpenAsync(SocketReactor reactor)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = await ReactorStream.ConnectAsync(reactor, socket, listener.LocalEndpoint, CancellationToken.None);
        var peer = await listener.AcceptSocketAsync();
        peer.NoDelay = true;
        return new(socket, stream, peer);
    }

    /// <summary>Reads once; what follows is not on the reactor's thread, for what follows a test is the next one.</summary>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SocketReactor.Leave();
        }
    }

    /// <summary>Writes all; what follows is not on the reactor's thread.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        try
        {
            await Stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SocketReactor.Leave();
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        Peer.Dispose();
    }
}
