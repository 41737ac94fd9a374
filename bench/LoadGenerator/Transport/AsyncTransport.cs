using System.Net.Sockets;

namespace KvOrleans.LoadGenerator.Transport;

/// <summary>A connection over the runtime's asynchronous sockets.</summary>
/// <remarks>It has no timeout of its own: who drives it closes it when a slice takes too long.</remarks>
internal sealed class AsyncTransport(Socket socket) : ITransport
{
    public async ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> tail)
    {
        await SendAsync(head);
        await SendAsync(payload);
        await SendAsync(tail);
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, int minimum)
    {
        var received = 0;
        while (received < minimum)
        {
            var count = await socket.ReceiveAsync(buffer[received..]);
            if (count == 0)
                throw new IOException("The server closed the connection.");
            received += count;
        }

        return received;
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
