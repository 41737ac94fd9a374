using System.Net;
using System.Net.Sockets;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Wire.Tests.Sockets;

[Collection("reactor")]
public sealed class ReactorStreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static SocketReactor Reactor => SocketReactor.Shared!;

    [Fact]
    public async Task ReadAsync_PayloadComesInParts_IsWhole()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var payload = Bytes(3_000_001);
        var sending = Task.Run(() =>
        {
            for (var sent = 0; sent < payload.Length;)
                sent += pair.Peer.Send(payload.AsSpan(sent, Math.Min(1 + (sent % 70_001), payload.Length - sent)));
        });

        var received = new byte[payload.Length];
        var lowWater = new ReceiveLowWater(pair.Socket);
        lowWater.Begin(received.Length);
        for (var got = 0; got < received.Length; lowWater.Left(received.Length - got))
        {
            var count = await pair.ReadAsync(received.AsMemory(got, Math.Min(received.Length - got, 100_000))).WaitAsync(Limit);
            Assert.NotEqual(0, count);
            got += count;
        }

        await sending;
        Assert.Equal(payload, received);
    }

    [Fact]
    public async Task ReadAsync_PeerEndsInTheMiddle_GivesWhatCameAndThenTheEnd()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var buffer = new byte[1 << 20];
        new ReceiveLowWater(pair.Socket).Begin(buffer.Length);
        var read = pair.ReadAsync(buffer);

        pair.Peer.Send(new byte[1000]);
        pair.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(1000, await read.WaitAsync(Limit));
        Assert.Equal(0, await pair.ReadAsync(buffer).WaitAsync(Limit));
    }

    [Fact]
    public async Task ReadAsync_PeerResets_Fails()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var read = pair.ReadAsync(new byte[10]);

        pair.Peer.LingerState = new(true, 0);
        pair.Peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(Limit));
    }

    [Fact]
    public async Task ReadAsync_Empty_WaitsForBytesAndTakesNone()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var ready = pair.ReadAsync(Memory<byte>.Empty);
        Assert.False(ready.IsCompleted);

        pair.Peer.Send("ab"u8);

        Assert.Equal(0, await ready.WaitAsync(Limit));
        Assert.Equal(2, await pair.ReadAsync(new byte[10]).WaitAsync(Limit));
    }

    [Fact]
    public async Task ReadAsync_AnotherIsUnderWay_IsRefused()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var first = pair.ReadAsync(new byte[10]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.ReadAsync(new byte[10]));

        pair.Peer.Send("ab"u8);
        Assert.Equal(2, await first.WaitAsync(Limit));
    }

    [Fact]
    public async Task WriteAsync_PeerDoesNotRead_WaitsAndIsWholeInTheEnd()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var payload = Bytes(50_000_000);
        var write = pair.WriteAsync(payload);
        Assert.False(write.IsCompleted);

        var received = new byte[payload.Length];
        var receiving = Task.Run(() =>
        {
            for (var got = 0; got < received.Length;)
                got += pair.Peer.Receive(received.AsSpan(got));
        });

        await write.WaitAsync(Limit);
        await receiving.WaitAsync(Limit);
        Assert.Equal(payload, received);
    }

    [Fact]
    public async Task ReadAndWrite_BothWait_BothEnd()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var read = pair.ReadAsync(new byte[10]);
        var write = pair.WriteAsync(new byte[50_000_000]);

        pair.Peer.Send("ab"u8);
        Assert.Equal(2, await read.WaitAsync(Limit));
        Assert.False(write.IsCompleted);
        var scrap = new byte[1 << 20];
        await Task.Run(() =>
        {
            for (var got = 0; got < 50_000_000;)
                got += pair.Peer.Receive(scrap);
        });
        await write.WaitAsync(Limit);
    }

    [Fact]
    public async Task Dispose_ReadAndWriteWait_BothFailElsewhereThanOnTheReactor()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var read = FailAsync(pair.ReadAsync(new byte[10]));
        var write = FailAsync(pair.WriteAsync(new byte[50_000_000]));

        pair.Stream.Dispose();

        Assert.False(await read.WaitAsync(Limit));
        Assert.False(await write.WaitAsync(Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.ReadAsync(new byte[10]));

        static async Task<bool> FailAsync(Task task)
        {
            await Assert.ThrowsAsync<IOException>(() => task).ConfigureAwait(false);
            return SocketReactor.IsOnThread;
        }
    }

    // What a call's deadline relies on: memory is the caller's again as soon as the read has failed.
    [Fact]
    public async Task Dispose_WhileBytesArrive_TouchesNoMemoryBehindTheFailure()
    {
        var piece = Bytes(1 << 20);
        for (var round = 0; round < 100; round++)
        {
            using var pair = await ConnectedPair.OpenAsync(Reactor);
            var sending = Task.Run(() => SendUntilClosed(pair.Peer, piece));
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var buffer = new byte[1 << 20];
            var reading = Task.Run(async () =>
            {
                while (await pair.Stream.ReadAsync(buffer).ConfigureAwait(false) > 0)
                    begun.TrySetResult();
            });

            await begun.Task.WaitAsync(Limit);
            pair.Stream.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(Limit));
            Array.Clear(buffer);
            await sending.WaitAsync(Limit);

            Assert.False(buffer.AsSpan().ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public async Task Cancel_AsBytesArrive_NeitherLosesThemNorWritesThemLate()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var payload = Bytes(251 * 1_000_000);
        var sending = Task.Run(() => SendUntilClosed(pair.Peer, payload));
        var (buffer, cancelled) = (new byte[1 << 20], new byte[1 << 20]);
        var (position, cancellations) = (0, 0);
        while (cancellations < 300 && position < payload.Length - buffer.Length)
        {
            using var source = new CancellationTokenSource();
            var read = pair.ReadAsync(buffer, source.Token);
            var cancelling = Task.Run(source.Cancel);
            try
            {
                var count = await read.WaitAsync(Limit);
                Assert.True(payload.AsSpan(position, count).SequenceEqual(buffer.AsSpan(0, count)), $"bytes at {position} are lost");
                position += count;
            }
            catch (OperationCanceledException)
            {
                cancellations++;
                Assert.False(cancelled.AsSpan().ContainsAnyExcept((byte)0));
                Array.Clear(buffer);
                (buffer, cancelled) = (cancelled, buffer);
            }

            await cancelling;
        }

        Assert.NotEqual(0, cancellations);
        pair.Stream.Dispose();
        await sending.WaitAsync(Limit);
    }

    [Fact]
    public async Task ReadAsync_TokenIsCancelledAlready_LeavesTheBytes()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        pair.Peer.Send("ab"u8);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.ReadAsync(new byte[10], new(canceled: true)));

        Assert.Equal(2, await pair.ReadAsync(new byte[10]).WaitAsync(Limit));
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_FailsAndClosesTheSocket()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = listener.LocalEndpoint;
        listener.Stop();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        await Assert.ThrowsAsync<SocketException>(async () => await ReactorStream.ConnectAsync(Reactor, socket, endpoint, CancellationToken.None));

        Assert.True(socket.SafeHandle.IsClosed);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)(1 + (i % 251));
        return bytes;
    }

    private static void SendUntilClosed(Socket peer, byte[] piece)
    {
        try
        {
            while (true)
                peer.Send(piece);
        }
        catch (SocketException)
        {
        }
    }
}
