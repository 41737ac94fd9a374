using System.Globalization;
using System.Net.Sockets;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Wire.Tests.Sockets;

[Collection("reactor")]
public sealed class SocketReactorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Read_Waited_GoesOnOnTheReactorUntilItLeaves()
    {
        using var pair = await ConnectedPair.OpenAsync(SocketReactor.Shared!);
        var reading = ReadAsync();
        pair.Peer.Send("a"u8);

        Assert.Equal((true, false, true), await reading.WaitAsync(Limit));

        async Task<(bool Before, bool After, bool IsPool)> ReadAsync()
        {
            await pair.Stream.ReadAsync(new byte[1]).ConfigureAwait(false);
            var before = SocketReactor.IsOnThread;
            await SocketReactor.Leave();
            return (before, SocketReactor.IsOnThread, Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    [Fact]
    public void Leave_NotOnTheReactor_GoesOnAtOnce() => Assert.True(SocketReactor.Leave().GetAwaiter().IsCompleted);

    [Fact]
    public async Task OneThread_ManyConnections_AllAreServed()
    {
        var reactor = SocketReactor.TryStart(1)!;
        var echoes = Enumerable.Range(0, 200).Select(i => EchoAsync(reactor, i)).ToArray();

        await Task.WhenAll(echoes).WaitAsync(Limit);

        Assert.Equal(0, reactor.Count);
    }

    // The thread itself sends what it then finds, so that there is always something.
    [Fact]
    public async Task Thread_FindsBytesWheneverItAsks_GivesOthersTheirTurn()
    {
        using var pair = await ConnectedPair.OpenAsync(SocketReactor.TryStart(1)!);
        var reading = ReadAsync();
        pair.Peer.Send("a"u8);

        Assert.Equal(SocketReactor.BytesPerTurn, await reading.WaitAsync(Limit));

        async Task<int> ReadAsync()
        {
            var piece = new byte[16 * 1024];
            await pair.Stream.ReadAsync(piece.AsMemory(0, 1)).ConfigureAwait(false);
            var atOnce = 0;
            while (true)
            {
                pair.Peer.Send(piece);
                var read = pair.Stream.ReadAsync(piece);
                var isAtOnce = read.IsCompleted;
                var count = await read.ConfigureAwait(false);
                if (!isAtOnce || atOnce > SocketReactor.BytesPerTurn)
                    break;
                atOnce += count;
            }

            await SocketReactor.Leave();
            return atOnce;
        }
    }

    // The thread itself takes what it has sent, so that there is always room.
    [Fact]
    public async Task Thread_FindsRoomWheneverItWrites_GivesOthersTheirTurn()
    {
        using var pair = await ConnectedPair.OpenAsync(SocketReactor.TryStart(1)!);
        var writing = WriteAsync();
        pair.Peer.Send("a"u8);

        Assert.Equal(SocketReactor.BytesPerTurn, await writing.WaitAsync(Limit));

        async Task<int> WriteAsync()
        {
            var piece = new byte[16 * 1024];
            await pair.Stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var atOnce = 0;
            while (true)
            {
                var write = pair.Stream.WriteAsync(piece);
                var isAtOnce = write.IsCompleted;
                await write.ConfigureAwait(false);
                if (!isAtOnce || atOnce > SocketReactor.BytesPerTurn)
                    break;
                atOnce += piece.Length;
                for (var got = 0; got < piece.Length;)
                    got += pair.Peer.Receive(piece, got, piece.Length - got, SocketFlags.None);
            }

            await SocketReactor.Leave();
            return atOnce;
        }
    }

    // What a call's deadline relies on.
    [Fact]
    public async Task Cancel_AllThreadsAreBusy_EndsTheRead()
    {
        var reactor = SocketReactor.TryStart(1)!;
        using var slow = await ConnectedPair.OpenAsync(reactor);
        using var other = await ConnectedPair.OpenAsync(reactor);
        using var released = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = other.ReadAsync(new byte[1], source.Token);
        var blocking = Task.Run(async () =>
        {
            await slow.Stream.ReadAsync(new byte[1]).ConfigureAwait(false);
            began.SetResult();
            Assert.True(released.Wait(Limit));
            await SocketReactor.Leave();
        });
        slow.Peer.Send("a"u8);
        await began.Task.WaitAsync(Limit);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Limit));
        released.Set();
        await blocking.WaitAsync(Limit);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("0", true)]
    [InlineData("true", true)]
    [InlineData("1", false)]
    public void StartFor_InlineCompletions_IsWantedWhereTheRuntimeDoesNotCompleteInline(string? variable, bool isWanted) =>
        Assert.Equal(isWanted, SocketReactor.StartFor(variable) is not null);

    [Fact]
    public async Task OneThread_ItsContinuationIsSlow_AnotherThreadServesTheOthers()
    {
        var reactor = SocketReactor.TryStart(2)!;
        using var slow = await ConnectedPair.OpenAsync(reactor);
        using var other = await ConnectedPair.OpenAsync(reactor);
        using var released = new ManualResetEventSlim();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocking = Task.Run(async () =>
        {
            await slow.Stream.ReadAsync(new byte[1]).ConfigureAwait(false);
            began.SetResult();
            Assert.True(released.Wait(Limit));
            await SocketReactor.Leave();
        });
        slow.Peer.Send("a"u8);
        await began.Task.WaitAsync(Limit);

        var read = other.ReadAsync(new byte[1]);
        other.Peer.Send("b"u8);

        Assert.Equal(1, await read.WaitAsync(Limit));
        released.Set();
        await blocking.WaitAsync(Limit);
    }

    [Fact]
    public async Task Connections_AThousandComeAndGo_NothingIsLeft()
    {
        var reactor = SocketReactor.TryStart(1)!;
        await EchoAsync(reactor, 0);
        var before = Descriptors();

        for (var i = 0; i < 1000; i++)
            await EchoAsync(reactor, i);

        Assert.Equal(0, reactor.Count);
        // Other tests open some too.
        Assert.InRange(Descriptors(), 0, before + 300);

        static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }

    [Fact]
    public async Task Threads_NothingIsOpenAnyMore_Sleep()
    {
        var reactor = SocketReactor.TryStart(1)!;
        var task = await TaskOfAsync(reactor);
        using var unrelated = await ConnectedPair.OpenAsync(SocketReactor.Shared!);
        using var idle = await ConnectedPair.OpenAsync(reactor);

        var before = Switches(task);
        for (var i = 0; i < 200; i++)
            await EchoAsync(SocketReactor.Shared!, i);

        // Those in which it falls asleep after its own connections came and went may come late; one that others wake is woken for each of them.
        Assert.InRange(Switches(task), before, before + 20);

        static async Task<string> TaskOfAsync(SocketReactor reactor)
        {
            using var pair = await ConnectedPair.OpenAsync(reactor);
            var name = NameAsync();
            pair.Peer.Send("a"u8);
            return await name.WaitAsync(Limit);

            async Task<string> NameAsync()
            {
                await pair.Stream.ReadAsync(new byte[1]).ConfigureAwait(false);
                var task = "/proc/self/task/" + File.ReadAllText("/proc/thread-self/stat").Split(' ')[0];
                await SocketReactor.Leave();
                return task;
            }
        }

        static int Switches(string task) => int.Parse(
            File.ReadLines(task + "/status").First(line => line.StartsWith("voluntary", StringComparison.Ordinal)).Split(':')[1],
            CultureInfo.InvariantCulture);
    }

    private static async Task EchoAsync(SocketReactor reactor, int number)
    {
        using var pair = await ConnectedPair.OpenAsync(reactor);
        var value = BitConverter.GetBytes(number);
        var received = new byte[value.Length];
        var read = pair.ReadAsync(received);
        pair.Peer.Send(value);
        Assert.Equal(value.Length, await read.WaitAsync(Limit));
        Assert.Equal(value, received);
    }
}
