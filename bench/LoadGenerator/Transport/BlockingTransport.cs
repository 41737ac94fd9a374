using System.Net.Sockets;

namespace KvOrleans.LoadGenerator.Transport;

/// <summary>A connection whose calls block the calling thread in the kernel; they are done when they return.</summary>
internal sealed unsafe class BlockingTransport(Socket socket) : ITransport
{
    private readonly int _descriptor = (int)socket.Handle;

    public ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> tail)
    {
        fixed (byte* headStart = head.Span)
        fixed (byte* payloadStart = payload.Span)
        fixed (byte* tailStart = tail.Span)
        {
            const int Parts = 3;
            var parts = stackalloc IoVector[Parts];
            parts[0] = new(headStart, head.Length);
            parts[1] = new(payloadStart, payload.Length);
            parts[2] = new(tailStart, tail.Length);
            Send(parts, Parts);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, int minimum)
    {
        var received = 0;
        fixed (byte* start = buffer.Span)
        {
            while (received < minimum)
            {
                // Asked for no more than it needs, the kernel may fill it all before it returns.
                var wanted = minimum > 1 ? minimum - received : buffer.Length;
                var count = Libc.Receive(_descriptor, start + received, wanted, minimum > 1 ? Libc.WaitAll : 0);
                if (count > 0)
                    received += (int)count;
                else if (count == 0)
                    throw new IOException("The server closed the connection.");
                else
                    Libc.ThrowUnlessInterrupted("receive");
            }
        }

        return new(received);
    }

    public void Dispose() => socket.Dispose();

    private void Send(IoVector* parts, int count)
    {
        while (count > 0)
        {
            var sent = Libc.Write(_descriptor, parts, count);
            if (sent < 0)
            {
                Libc.ThrowUnlessInterrupted("send");
                continue;
            }

            while (count > 0 && sent >= parts->Length)
            {
                sent -= parts->Length;
                parts++;
                count--;
            }

            if (count > 0)
                *parts = new(parts->Start + sent, parts->Length - sent);
        }
    }
}
