using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary>Writers on many connections get their decisions, whether they fight over one key or not.</summary>
[Collection(PlainSiloCollection.Name)]
public sealed class ManyWritersTests(PlainSilo fixture)
{
    private const int Writers = 8;
    private const int WritesEach = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(4000)]
    public async Task Writes_OfManyConnections_AreAllAccepted(int keys)
    {
        var probes = Enumerable.Range(0, Writers).Select(_ => fixture.Silo.Connect()).ToArray();

        var replies = await Task.WhenAll(probes.Select((probe, writer) => OwnThread.RunAsync(() =>
        {
            for (var i = 0; i < WritesEach; i++)
                probe.Send(RespProbe.Frame("SET", $"writers-{((writer * WritesEach) + i) % keys}", $"{i}"));
            return probe.ReadReplies(WritesEach);
        })));

        Assert.DoesNotContain(replies.SelectMany(reply => reply), reply => reply != "+OK\r\n");
        await Eventually.HoldsAsync(() => fixture.Silo.Awake.Count == 0, "every grain sleeps");
        Assert.Equal($":{keys}\r\n", probes[0].Ask(["DEL", .. Enumerable.Range(0, keys).Select(i => $"writers-{i}")]));
        Assert.All(probes, probe => probe.Dispose());
    }
}
