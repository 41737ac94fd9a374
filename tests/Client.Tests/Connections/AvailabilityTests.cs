using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Client.Tests.Connections;

public sealed class AvailabilityTests
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/1");

    [Fact]
    public async Task Calls_NoMapYet_AreMissesAtOnce()
    {
        await using var client = TestClient.Of(new());
        var watch = Stopwatch.StartNew();

        Assert.Empty((await client.MatchAsync(TestClient.Chain(3))).Blocks);
        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);
        Assert.Equal(BlockWriteOutcome.Unavailable, (await client.WriteAsync(Key, new byte[1])).Outcome);

        Assert.True(watch.Elapsed < TestClient.Soon);
        await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));
        await Assert.ThrowsAsync<CacheException>(async () => await client.GetMapAsync(TestClient.Short));
        await Assert.ThrowsAsync<CacheException>(async () => await client.GetStatusAsync(TestClient.Short));
    }

    [Fact]
    public async Task Calls_ConnectionIsRefused_AreMissesLongBeforeTheirDeadline()
    {
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, Refusing()) };
        await using var client = TestClient.Of(control);
        await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);
            Assert.Empty((await client.MatchAsync(TestClient.Chain(3))).Blocks);
        }

        Assert.True(watch.Elapsed < TestClient.Soon);
    }

    [Fact]
    public async Task Calls_NoSocketCanBeMade_AreMisses()
    {
        var silo = new SiloDescriptor("odd", "", 1, new EndPointOfNoFamily(), new(1));
        await using var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silo) });
        await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));

        for (var i = 0; i < 3; i++)
        {
            Assert.Empty((await client.MatchAsync(TestClient.Chain(3))).Blocks);
            Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);
        }
    }

    [Fact]
    public async Task MatchAsync_CallersCancelAndNothingArrives_ConnectionIsReplaced()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Script = (connection, command) => Task.FromResult(command[0] == "KV.MATCH" && connection.Number <= TestClient.ConnectionsAtFirst);
        silo.Put("kv:m/0000", [1]);
        var watch = Stopwatch.StartNew();

        while (true)
        {
            using var patience = new CancellationTokenSource(TestClient.Short);
            try
            {
                await using var match = await client.MatchAsync(TestClient.Chain(1), cancellationToken: patience.Token);
                if (match.Blocks.Count == 1)
                    break;
            }
            catch (OperationCanceledException)
            {
                Assert.True(watch.Elapsed < TestClient.Soon);
            }
        }
    }

    [Fact]
    public async Task WaitUntilReadyAsync_OneSiloIsSilent_AnotherIsEnough()
    {
        using var silent = new ScriptedSilo("a") { Script = (_, _) => Task.FromResult(true) };
        using var other = new ScriptedSilo("b");
        await using var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silent.Descriptor, other.Descriptor) });

        await client.WaitUntilReadyAsync(SiloDialer.Timeout - TestClient.Short);
    }

    [Fact]
    public async Task Calls_SiloAcceptsAndNeverAnswers_EndAtTheirDeadline()
    {
        using var silo = new ScriptedSilo { Script = (_, _) => Task.FromResult(true) };
        await using var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) });
        await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));
        var watch = Stopwatch.StartNew();

        Assert.Equal(BlockReadOutcome.DeadlineExceeded, (await client.ReadAsync(Key, new byte[1], TestClient.Short)).Outcome);
        Assert.Empty((await client.MatchAsync(TestClient.Chain(3), deadline: TestClient.Short)).Blocks);

        Assert.True(watch.Elapsed < TestClient.Soon);
    }

    [Fact]
    public async Task Calls_SiloHasRestarted_FindItAgain()
    {
        using var silo = new ScriptedSilo();
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) };
        await using var client = TestClient.Of(control);
        await client.WaitUntilReadyAsync(TestClient.Long);
        silo.Dispose();
        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);

        using var next = new ScriptedSilo();
        next.Put("kv:m/1", [1]);
        control.Map = ScriptedControlPlane.MapOf(2, next.Descriptor);
        await client.GetMapAsync();
        await client.WaitUntilReadyAsync(TestClient.Long);

        Assert.True((await client.ReadAsync(Key, new byte[1])).IsHit);
    }

    [Fact]
    public async Task Calls_IdleConnectionWasClosedBySilo_UseAnother()
    {
        using var silo = new ScriptedSilo();
        await using var client = await TestClient.OfAsync(silo);
        silo.Put("kv:m/1", [1]);
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.GET")
                return false;
            await connection.SendAsync(ScriptedSilo.Block(silo.Blocks["kv:m/1"].Version, [1]));
            connection.Dispose();
            return true;
        };

        for (var i = 0; i < 5; i++)
        {
            var read = await client.ReadAsync(Key, new byte[1]);
            // The end of a connection may still be on its way when the next call takes it.
            Assert.True(read.Outcome is BlockReadOutcome.Hit or BlockReadOutcome.Unavailable);
        }

        Assert.True(silo.ConnectionCount > TestClient.ConnectionsAtFirst);
    }

    [Fact]
    public async Task ReadAsync_EveryConnectionIsInUse_WaitsWithinItsDeadlineAndInTurn()
    {
        using var silo = new ScriptedSilo();
        await using var client = TestClient.Of(
            new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) }, options => options.ConnectionsPerSilo = 1);
        await client.WaitUntilReadyAsync(TestClient.Long);
        silo.Put("kv:m/1", [1]);
        var goOn = new TaskCompletionSource();
        silo.Script = async (_, command) =>
        {
            if (command[0] == "KV.GET")
                await goOn.Task;
            return false;
        };

        var holder = client.ReadAsync(Key, new byte[1]).AsTask();
        var impatient = await client.ReadAsync(Key, new byte[1], TestClient.Short);
        var waiting = Enumerable.Range(0, 10).Select(_ => client.ReadAsync(Key, new byte[1]).AsTask()).ToArray();
        goOn.SetResult();

        Assert.Equal(BlockReadOutcome.DeadlineExceeded, impatient.Outcome);
        Assert.True((await holder).IsHit);
        Assert.All(await Task.WhenAll(waiting), read => Assert.True(read.IsHit));
        Assert.InRange(silo.ConnectionCount, 1, 2);
    }

    [Fact]
    public async Task ReadAsync_TooManyWait_IsUnavailableAtOnce()
    {
        using var silo = new ScriptedSilo();
        await using var client = TestClient.Of(new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) }, options =>
        {
            options.ConnectionsPerSilo = 1;
            options.WaitingCallsPerSilo = 0;
        });
        // With no call allowed to wait, readiness is seen from the silo's side.
        await silo.WaitForConnectionsAsync(2);
        silo.Put("kv:m/1", [1]);
        var goOn = new TaskCompletionSource();
        silo.Script = async (_, command) =>
        {
            if (command[0] == "KV.GET")
                await goOn.Task;
            return false;
        };
        await client.WaitUntilReadyAsync(TestClient.Long);
        var holder = client.ReadAsync(Key, new byte[1]).AsTask();

        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);

        goOn.SetResult();
        Assert.True((await holder).IsHit);
    }

    [Fact]
    public async Task Password_IsSentOnEveryConnection()
    {
        using var silo = new ScriptedSilo();
        var sent = 0;
        silo.Script = (_, command) =>
        {
            if (command is ["AUTH", "secret"])
                Interlocked.Increment(ref sent);
            return Task.FromResult(false);
        };
        await using var client = TestClient.Of(
            new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) }, options => options.Password = "secret");

        await silo.WaitForConnectionsAsync(2);

        Assert.Equal(2, Volatile.Read(ref sent));
    }

    [Fact]
    public async Task Password_IsWrong_NothingIsReached()
    {
        using var silo = new ScriptedSilo();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "AUTH")
                return false;
            await connection.SendAsync("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
            return true;
        };
        await using var client = TestClient.Of(
            new() { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) }, options => options.Password = "secret");

        await Assert.ThrowsAsync<CacheException>(() => client.WaitUntilReadyAsync(TestClient.Short));
        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);
    }

    [Fact]
    public async Task DisposeAsync_DuringCalls_EndsThemAtOnce()
    {
        using var silo = new ScriptedSilo { };
        var client = await TestClient.OfAsync(silo);
        silo.Script = (_, command) => Task.FromResult(command[0].StartsWith("KV.", StringComparison.Ordinal));
        var match = client.MatchAsync(TestClient.Chain(2)).AsTask();
        var reads = Enumerable.Range(0, 10).Select(_ => client.ReadAsync(Key, new byte[1]).AsTask()).ToArray();
        await silo.HearAsync(command => command[0] == "KV.GET");
        await silo.HearAsync(command => command[0] == "KV.MATCH");
        var watch = Stopwatch.StartNew();

        await client.DisposeAsync();
        await client.DisposeAsync();
        client.Dispose();

        Assert.Empty((await match).Blocks);
        Assert.All(await Task.WhenAll(reads), read => Assert.Equal(BlockReadOutcome.Unavailable, read.Outcome));
        Assert.True(watch.Elapsed < TestClient.Soon);
        Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[1])).Outcome);
        Assert.Empty((await client.MatchAsync(TestClient.Chain(2))).Blocks);
        await Assert.ThrowsAsync<CacheException>(async () => await client.GetMapAsync());
    }

    private static SiloDescriptor Refusing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new("gone", "", 1, (IPEndPoint)listener.LocalEndpoint, new(77));
    }

    private sealed class EndPointOfNoFamily() : IPEndPoint(IPAddress.Loopback, 1)
    {
        public override AddressFamily AddressFamily => AddressFamily.Unknown;
    }
}
