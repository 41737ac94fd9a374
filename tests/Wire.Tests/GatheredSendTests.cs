using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Wire.Tests;

/// <summary>Large payloads leave a plain socket together with what is around them, whole and in order, however much it takes at once.</summary>
public sealed class GatheredSendTests
{
    private const int Rounds = 3;

    [Theory]
    [InlineData(RespOutput.CopyLimit + 1)]
    [InlineData(300_000)]
    [InlineData(24 << 20)] // more than a socket's buffers hold: most of it goes the stream's way
    public async Task WritePayloadEndAsync_OverASocket_ArrivesAsItWouldOverAStream(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        using var expected = new MemoryStream();
        await WriteAsync(new RespOutput(expected), payload);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        await using var stream = new NetworkStream(client);
        using var output = new RespOutput(stream, client);

        var arrived = ReadAsync(server, (int)expected.Length);
        await WriteAsync(output, payload);

        var bytes = await arrived;
        Assert.True(bytes.AsSpan().SequenceEqual(expected.ToArray()));
    }

    private static async Task WriteAsync(RespOutput output, byte[] payload)
    {
        for (var round = 0; round < Rounds; round++)
        {
            output.WriteBulkHeader(payload.Length);
            await output.WritePayloadAsync(payload.AsMemory(..(payload.Length / 2)), default);
            await output.WritePayloadEndAsync(payload.AsMemory(payload.Length / 2), default);
        }

        await output.FlushAsync(default);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var got = 0; got < length;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(got));
            Assert.NotEqual(0, count);
            got += count;
        }

        return bytes;
    }
}
