using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>Writers that are gone before their write is: half a write is none, and its bytes are given back wherever they were.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class VanishingClientTests(TwoSilos fixture)
{
    private const int Bytes = 3_000_000;

    private SilosUnderTest Silos => fixture.Silos;

    private SiloUnderTest Owner => Silos[0];

    private SiloUnderTest Other => Silos[1];

    [Theory]
    [InlineData("gone/", true)]
    [InlineData("gone/", false)]
    [InlineData("kv:gone/", true)]
    [InlineData("kv:gone/", false)]
    public async Task Client_ThatVanishesInTheMiddleOfAWriteThroughAnotherSilo_LeavesNothing(string prefix, bool isCut)
    {
        var key = Silos.KeyOf(Owner, prefix);
        using var owner = Owner.Connect();
        Assert.Equal("+OK\r\n", owner.Ask("SET", key, "before"));
        var before = owner.Ask("KV.GET", key);
        using (var client = Other.Connect())
        {
            client.Send($"*6\r\n$6\r\nKV.SET\r\n${key.Length}\r\n{key}\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n${Bytes}\r\n{new string('w', Bytes / 2)}");
            await Other.SomethingIsStagedAsync();
            if (isCut)
                client.Cut();
        }

        await NothingIsStagedAsync();
        Assert.Equal(before, owner.Ask("KV.GET", key));
        Assert.Equal(":1\r\n", owner.Ask("DEL", key));
    }

    [Fact]
    public async Task Silo_ThatVanishesInTheMiddleOfSendingAWriteOn_LeavesNothing()
    {
        var key = Silos.KeyOf(Owner, "gone/peer");
        using var owner = Owner.Connect();
        Assert.Equal("+OK\r\n", owner.Ask("SET", key, "before"));
        using (var peer = Owner.Connect())
        {
            Assert.Equal("+OK\r\n", peer.Ask("KV.PEER", "a silo that dies"));
            peer.Send($"*6\r\n$6\r\nKV.SET\r\n${key.Length}\r\n{key}\r\n$3\r\nANY\r\n$1\r\n0\r\n$1\r\n-\r\n${Bytes}\r\n{new string('w', Bytes / 2)}");
            await Owner.SomethingIsStagedAsync();
            peer.Cut();
        }

        await NothingIsStagedAsync();
        Assert.Equal("$6\r\nbefore\r\n", owner.Ask("GET", key));
        Assert.Equal(":1\r\n", owner.Ask("DEL", key));
    }

    [Fact]
    public async Task Client_ThatVanishesBehindItsWrite_WroteAllOrNothing()
    {
        var key = Silos.KeyOf(Owner, "gone/all");
        var value = new string('w', Bytes);
        using var owner = new RespProbe(Owner.Port, buffer: 1 << 20);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("+OK\r\n", owner.Ask("SET", key, "before"));
            using (var client = Other.Connect())
            {
                client.Send(RespProbe.Frame("SET", key, value));
                client.Cut();
            }

            await NothingIsStagedAsync();
            Assert.Contains(owner.Ask("GET", key), new[] { "$6\r\nbefore\r\n", $"${Bytes}\r\n{value}\r\n" });
        }

        Assert.Equal(":1\r\n", owner.Ask("DEL", key));
    }

    private async Task NothingIsStagedAsync()
    {
        await Other.NothingIsStagedAsync();
        await Owner.NothingIsStagedAsync();
        await Eventually.HoldsAsync(
            () => Silos.All.All(silo => silo.Store.GetStatistics() is { PinnedBlocks: 0, Leases: 0 }), "nothing is held for who is gone");
    }
}
