using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Memory;

/// <summary>A key that was written leaves nothing on the managed heap: but the eviction order's links; not in Orleans either, whose directory would remember where a million grains were, and whose pools what completed each call.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class DistinctKeysTests
{
    private const int Keys = 30_000;
    private const int KeysTogether = 100;
    private const long MostBytesPerKey = 40;

    [Fact]
    public async Task WrittenKeys_LeaveNothingOnTheHeap()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        using var probe = silo.Connect();
        Write(probe, 0);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Write(probe, Keys);
        await Eventually.HoldsAsync(() => silo.Awake.Count == 0, "every grain sleeps");

        await Eventually.HoldsAsync(
            () => (GC.GetTotalMemory(forceFullCollection: true) - before) / Keys < MostBytesPerKey, $"each of {Keys} keys left less than {MostBytesPerKey} bytes");
    }

    private static void Write(RespProbe probe, int first)
    {
        for (var number = first; number < first + Keys; number += KeysTogether)
        {
            probe.Send([.. Enumerable.Range(number, KeysTogether).SelectMany(static one => RespProbe.Frame("SET", $"distinct/{one}", "v"))]);
            Assert.All(probe.ReadReplies(KeysTogether), static reply => Assert.Equal("+OK\r\n", reply));
        }
    }
}
