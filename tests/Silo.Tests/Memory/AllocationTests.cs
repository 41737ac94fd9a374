using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Memory;

/// <summary>The data path of a read allocates a small constant, whatever the size of the block.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class AllocationTests
{
    /// <summary>Managed bytes per GET, for the state of the sends that have to wait. Not one of them depends on the payload.</summary>
    private const int MostBytesPerGet = 4 * 1024;

    private const int Slices = 10;
    private const int GetsPerSlice = 100;

    [Fact]
    public async Task Get_OfAResidentBlock_AllocatesASmallConstant()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var small = BytesPerGet(silo, 64 << 10);
        var large = BytesPerGet(silo, 2 << 20);

        var part = BytesPerGet(silo, 4 << 20, range: 3 << 20);
        TestContext.Current.SendDiagnosticMessage("{0} managed bytes per GET of 64 KiB, {1} of 2 MiB, {2} of a part of 3 MiB.", small, large, part);
        Assert.InRange(small, 0, MostBytesPerGet);
        Assert.InRange(large, 0, MostBytesPerGet);
        Assert.InRange(part, 0, MostBytesPerGet);
    }

    /// <summary>The least of several slices: what is allocated elsewhere in the process meanwhile is not the GET's.</summary>
    private static long BytesPerGet(SiloUnderTest silo, int bytes, int range = 0)
    {
        using var probe = silo.Connect();
        var version = probe.Ask("KV.SET", $"k{bytes}", "ABSENT", "0", "-", new string('v', bytes)).Split("\r\n")[2][1..];
        var request = range == 0 ? RespProbe.Frame("GET", $"k{bytes}") : RespProbe.Frame("KV.GET", $"k{bytes}", "VERSION", version, "RANGE", "17", $"{range}");
        probe.Send(request);
        var reply = probe.ReadReply().Length;
        var least = long.MaxValue;
        for (var slice = 0; slice < Slices; slice++)
        {
            var before = GC.GetTotalAllocatedBytes(true);
            for (var i = 0; i < GetsPerSlice; i++)
            {
                probe.Send(request);
                probe.Skip(reply);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }

        return least / GetsPerSlice;
    }
}
