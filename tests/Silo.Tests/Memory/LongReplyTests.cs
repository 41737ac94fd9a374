using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Memory;

/// <summary>A long reply is sent as it is made.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class LongReplyTests
{
    [Fact]
    public async Task MultiGet_OfTheSameBlockManyTimes_KeepsTheReplyOutOfMemory()
    {
        const int Times = 4_000;
        const int Bytes = 16_000;
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        Assert.Equal("+OK\r\n", probe.Ask("SET", "often", new string('v', Bytes)));
        var request = RespProbe.Frame(["MGET", .. Enumerable.Repeat("often", Times)]);
        var before = GC.GetTotalAllocatedBytes(true);

        probe.Send(request);
        var received = 0L;
        probe.Skip((Times * (Bytes + 10L)) + 7, count => received += count);

        // 64 MB of reply; what was received was thrown away.
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 16 << 20);
        Assert.Equal((Times * (Bytes + 10L)) + 7, received);
        Assert.Equal(":1\r\n", probe.Ask("DEL", "often"));
    }
}
