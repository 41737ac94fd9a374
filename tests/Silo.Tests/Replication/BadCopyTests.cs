using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Peers;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace KvOrleans.Silo.Tests.Replication;

/// <summary>A copy that comes too late, or not as it was offered: it is never served, and its bytes are given back.</summary>
public sealed class BadCopyTests
{
    private const string Value = "value";

    private static readonly BlockVersion Version = new(1, new(1), 1);

    [Fact]
    public async Task Copy_ThatIsNotAsItWasOffered_IsNotTaken()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        var answer = "";
        await using var peer = new ScriptedPeer(silos[1].Port, _ => answer);
        var (other, right) = (Checksum("other"), Checksum(Value));
        (string What, string Answer)[] answers =
        [
            ("other bytes", Pulled($"{Version}", right, "$5\r\nothxr\r\n")),
            ("other bytes with their own checksum", Pulled($"{Version}", other, "$5\r\nother\r\n")),
            ("another length with its own checksum", Pulled($"{Version}", Checksum("longer"), "$6\r\nlonger\r\n")),
            ("another checksum", Pulled($"{Version}", "0123456789abcdef", "$5\r\nvalue\r\n")),
            ("another version", Pulled("1-0000000000000001-2-0", right, "$5\r\nvalue\r\n")),
            ("no version", Pulled("nonsense", right, "$5\r\nvalue\r\n")),
            ("half", Pulled($"{Version}", right, "$5\r\nval") + ScriptedPeer.Close),
            ("more than it says", Pulled($"{Version}", right, "$5\r\nvalues\r\n")),
            ("more than there is room for", Pulled($"{Version}", right, "$2000000000\r\nvalue")),
            ("a negative length", Pulled($"{Version}", right, "$-7\r\nvalue\r\n")),
            ("an endless time to live", $"*4\r\n+{Version}\r\n+{right}\r\n:9223372036854775807\r\n$5\r\nvalue\r\n"),
            ("three parts of six", $"*6\r\n+{Version}\r\n+{right}\r\n:-1\r\n"),
            ("a parent that is none", $"*5\r\n+{Version}\r\n+{right}\r\n:-1\r\n+{new string('x', 32)}\r\n$5\r\nvalue\r\n"),
            ("half a parent", $"*5\r\n+{Version}\r\n+{right}\r\n:-1\r\n+{new string('1', 16)}\r\n$5\r\nvalue\r\n"),
            ("an error", "-ERR no\r\n"),
            ("nothing", "*-1\r\n"),
        ];
        using var probe = silos[0].Connect();
        for (var i = 0; i < answers.Length; i++)
        {
            answer = answers[i].Answer;
            var key = silos.KeyOf(silos[1], "kv:bad/", i);

            var taken = await OfferAsync(silos, key);

            Assert.True(taken == default, $"{answers[i].What}: {taken}");
            Assert.False(silos[0].Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out _), answers[i].What);
            await silos[0].NothingIsStagedAsync();
            answer = "*-1\r\n";
            Assert.Equal("$-1\r\n", probe.Ask("GET", key));
        }

        Assert.Equal(0, silos[0].Store.GetStatistics().Blocks);
        answer = Pulled($"{Version}", right, "$5\r\nvalue\r\n");
        var good = silos.KeyOf(silos[1], "kv:good/");
        Assert.Equal(new(1, 0), await OfferAsync(silos, good));
        Assert.Equal("$5\r\nvalue\r\n", probe.Ask("GET", good));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ThatComesAfterItsBlockWasDeleted_IsNotTaken(bool isWrittenAgain)
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        var key = silos.KeyOf(silos[1], "kv:late/");
        using var probe = silos[0].Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", key, Value));
        Assert.True(silos[1].Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out var first));
        await silos[1].CloseDataPlaneAsync();
        var grain = silos[1].Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IPrefixBlockGrain>(KeyId.Of(Encoding.ASCII.GetBytes(key)).ToString());
        await using var peer = new ScriptedPeer(silos[1].Port, async command =>
        {
            if (command[0] != "KV.PULL")
                return "*-1\r\n";

            // The bytes are on their way, and the delete overtakes them.
            Assert.Equal(DecisionOutcome.Accepted, (await grain.DeleteAsync(BlockKey.From(key), WriteCondition.Any)).Outcome);
            if (isWrittenAgain)
                Assert.Equal(DecisionOutcome.Accepted, (await grain.CommitAsync(Write(silos[1], key, "again"))).Outcome);
            return Pulled($"{first.Version}", first.Checksum.ToString(), $"${Value.Length}\r\n{Value}\r\n");
        });

        Assert.Equal(new(0, 1), await OfferAsync(silos, key, first.Version));

        Assert.Equal(1, peer.Asked);
        Assert.False(silos[0].Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out _));
        Assert.Equal("*-1\r\n", probe.Ask("KV.GET", key));
        Assert.Equal(isWrittenAgain, silos[1].Store.TryGetInfo(Encoding.ASCII.GetBytes(key), out var now));
        Assert.NotEqual(first.Version, now.Version);
        await silos[0].NothingIsStagedAsync();
        await silos[1].NothingIsStagedAsync();
    }

    private static async Task<OfferAnswer> OfferAsync(SilosUnderTest silos, string key, BlockVersion version = default) =>
        await silos[1].Services.GetRequiredService<ISiloPeers>().Of(silos[0].Map.Life)!.OfferAsync(new(
            OfferReason.Copy, silos[1].Map.Life,
            [new(BlockKey.From(key), version.IsNone ? Version : version, Value.Length, BlockChecksum.Of(Encoding.ASCII.GetBytes(Value)))]));

    private static CommitRequest Write(SiloUnderTest silo, string key, string text)
    {
        var staged = silo.Store.TryStage(text.Length)!;
        Encoding.ASCII.GetBytes(text).CopyTo(staged.Remaining);
        staged.Advance(text.Length);
        return new(BlockKey.From(key), silo.Store.Staging.Deposit(staged), WriteCondition.Any, null, false, silo.Map.Current.Id);
    }

    private static string Checksum(string text) => BlockChecksum.Of(Encoding.ASCII.GetBytes(text)).ToString();

    private static string Pulled(string version, string checksum, string payload) => $"*4\r\n+{version}\r\n+{checksum}\r\n:-1\r\n{payload}";
}
