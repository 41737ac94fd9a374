using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Sockets;

namespace KvOrleans.Client.Tests.Connections;

/// <summary>Nothing of the caller's runs on a reactor's thread: not what follows its awaits, not its logger, not its meter listeners.</summary>
public sealed class ReactorThreadTests : IDisposable
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/0000");

    private readonly ReactorWitness _witness = new();

    // Far from the test's synchronization context, which would hide it.
    [Theory]
    [InlineData("read")]
    [InlineData("read of a match")]
    [InlineData("write")]
    [InlineData("status")]
    public Task Call_Ends_ItsCallerGoesOnElsewhere(string call) => Task.Run(async () =>
    {
        using var silo = new ScriptedSilo();
        await using var client = await ConnectAsync(silo).ConfigureAwait(false);
        silo.Put("kv:m/0000", TestClient.Bytes(300_000));
        var match = await client.MatchAsync(TestClient.Chain(1)).ConfigureAwait(false);
        var destinations = new Memory<byte>[] { new byte[300_000] };
        for (var i = 0; i < 50; i++)
        {
            switch (call)
            {
                case "read":
                    Assert.True((await client.ReadAsync(Key, destinations[0]).ConfigureAwait(false)).IsHit);
                    break;
                case "read of a match":
                    Assert.Equal(1, await client.ReadAsync(match, destinations).ConfigureAwait(false));
                    break;
                case "write":
                    Assert.Equal(BlockWriteOutcome.Conflict, (await client.WriteAsync(Key, destinations[0]).ConfigureAwait(false)).Outcome);
                    break;
                default:
                    Assert.True((await client.GetStatusAsync().ConfigureAwait(false))[0].Reached);
                    break;
            }

            Assert.False(SocketReactor.IsOnThread);
        }

        Assert.False(_witness.WasOnReactor);
    });

    [Theory]
    [InlineData("-ERR no\r\n")]
    [InlineData("*3\r\n+x")]
    [InlineData("what\r\n")]
    public Task Call_Fails_ItsCallerAndItsLogAreElsewhere(string reply) => Task.Run(async () =>
    {
        using var silo = new ScriptedSilo();
        await using var client = await ConnectAsync(silo).ConfigureAwait(false);
        silo.Put("kv:m/0000", TestClient.Bytes(100));
        var match = await client.MatchAsync(TestClient.Chain(1)).ConfigureAwait(false);
        silo.Script = async (connection, command) =>
        {
            if (command[0] is not ("KV.GET" or "KV.SET"))
                return false;
            await connection.SendAsync(reply);
            if (!reply.EndsWith('\n'))
                connection.Dispose();
            return true;
        };

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(BlockReadOutcome.Unavailable, (await client.ReadAsync(Key, new byte[100]).ConfigureAwait(false)).Outcome);
            Assert.False(SocketReactor.IsOnThread);
            Assert.Equal(0, await client.ReadAsync(match, new Memory<byte>[] { new byte[100] }).ConfigureAwait(false));
            Assert.False(SocketReactor.IsOnThread);
            Assert.False((await client.WriteAsync(Key, new byte[100]).ConfigureAwait(false)).IsStored);
            Assert.False(SocketReactor.IsOnThread);
        }

        Assert.False(_witness.WasOnReactor);
        Assert.NotEqual(0, _witness.Heard);
    });

    public void Dispose() => _witness.Dispose();

    private async Task<PrefixCacheClient> ConnectAsync(ScriptedSilo silo)
    {
        var options = new PrefixCacheClientOptions { DefaultDeadline = TestClient.Long, DefaultLease = TestClient.Long };
        var control = new ScriptedControlPlane { Map = ScriptedControlPlane.MapOf(1, silo.Descriptor) };
        var client = new PrefixCacheClient(options, control, _witness, TimeProvider.System);
        await client.WaitUntilReadyAsync(TestClient.Long).ConfigureAwait(false);
        return client;
    }
}
