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
    public async Task WriteAsync_PeerResets_Fails()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var write = pair.WriteAsync(new byte[50_000_000]);
        Assert.False(write.IsCompleted);

        pair.Peer.LingerState = new(true, 0);
        pair.Peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => write.WaitAsync(Limit));
    }

    [Fact]
    public async Task WriteAsync_PeerHasEndedItsSide_IsWholeInTheEnd()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var read = pair.ReadAsync(new byte[10]);
        var payload = Bytes(20_000_000);
        var write = pair.WriteAsync(payload);

        pair.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await read.WaitAsync(Limit));
        Assert.False(write.IsCompleted);
        var received = new byte[payload.Length];
        await Task.Run(() =>
        {
            for (var got = 0; got < received.Length;)
                got += pair.Peer.Receive(received.AsSpan(got));
        });
        await write.WaitAsync(Limit);
        Assert.Equal(payload, received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ItsMemoryIsTakenAwayMeanwhile_FailsAndOthersGoOn(bool reads)
    {
        var reactor = SocketReactor.TryStart(1)!;
        using var pair = await ConnectedPair.OpenAsync(reactor);
        using var memory = new RevocableMemory(50_000_000);
        var call = reads ? pair.ReadAsync(memory.Memory) : pair.WriteAsync(memory.Memory);

        memory.Revoke();
        if (reads)
            pair.Peer.Send("a"u8);
        else
            pair.Peer.Receive(new byte[1 << 20]);
        var scrap = new byte[1 << 20];
        var draining = Task.Run(() =>
        {
            while (!reads && !call.IsCompleted)
                pair.Peer.Receive(scrap);
        });

        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.WaitAsync(Limit));
        pair.Stream.Dispose();
        await draining.WaitAsync(Limit);
        using var other = await ConnectedPair.OpenAsync(reactor);
        var read = other.ReadAsync(new byte[1]);
        other.Peer.Send("b"u8);
        Assert.Equal(1, await read.WaitAsync(Limit));
    }

    [Fact]
    public async Task Cancel_WriteWaits_SendsNothingOfItAnyMore()
    {
        using var pair = await ConnectedPair.OpenAsync(Reactor);
        var payload = Bytes(50_000_000);
        using var source = new CancellationTokenSource();
        var write = pair.WriteAsync(payload, source.Token);
        var received = new byte[payload.Length];
        var got = pair.Peer.Receive(received);

        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Limit));
        Array.Clear(payload);
        const byte Mark = 255;
        var next = pair.WriteAsync(new[] { Mark });
        while (received[got - 1] != Mark)
            got += pair.Peer.Receive(received.AsSpan(got));

        await next.WaitAsync(Limit);
        Assert.Equal([.. Bytes(got - 1), Mark], received[..got]);
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

    // Descriptors' numbers are used again at once: an event of the one before must not be taken for the next one's.
    [Fact]
    public async Task Dispose_AsBytesArrive_TheNextConnectionIsServed()
    {
        var reactor = SocketReactor.TryStart(2)!;
        for (var i = 0; i < 500; i++)
        {
            var before = await ConnectedPair.OpenAsync(reactor);
            var ended = before.ReadAsync(new byte[10]);
            var sending = Task.Run(() => before.Peer.Send("before"u8));
            before.Stream.Dispose();
            using var next = await ConnectedPair.OpenAsync(reactor);
            var read = next.ReadAsync(new byte[10]);
            next.Peer.Send("next"u8);

            Assert.Equal(4, await read.WaitAsync(Limit));
            await ended.WaitAsync(Limit).ContinueWith(static _ => { }, TaskScheduler.Default);
            await sending.ContinueWith(static _ => { }, TaskScheduler.Default);
            before.Dispose();
        }

        Assert.Equal(0, reactor.Count);
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

    [Fact]
    public async Task ConnectAsync_NobodyAnswersAndItIsCancelled_FailsAndClosesTheSocket()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(0);
        using var source = new CancellationTokenSource();
        var streams = new List<(Socket Socket, Task<ReactorStream> Connecting)>();
        // As many as the backlog takes are connected; then the kernel does not answer.
        do
        {
            Assert.InRange(streams.Count, 0, 10);
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            streams.Add((socket, ReactorStream.ConnectAsync(Reactor, socket, listener.LocalEndpoint, source.Token).AsTask()));
        }
        while (await IsConnectedAsync(streams[^1].Connecting));

        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => streams[^1].Connecting.WaitAsync(Limit));

        Assert.True(streams[^1].Socket.SafeHandle.IsClosed);
        foreach (var (_, connecting) in streams[..^1])
            (await connecting).Dispose();

        static async Task<bool> IsConnectedAsync(Task connecting)
        {
            await connecting.WaitAsync(TimeSpan.FromMilliseconds(300)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return connecting.IsCompleted;
        }
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
