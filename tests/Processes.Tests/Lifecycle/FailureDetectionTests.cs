using System.Diagnostics;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Lifecycle;

/// <summary>The death of a process is in every survivor's map soon, whether its sockets close or it only falls silent.</summary>
public sealed class FailureDetectionTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Death_OfOneOfThree_IsKnownSoon(bool isSilent)
    {
        await using var trio = await SiloTrio.StartAsync();
        var died = Stopwatch.GetTimestamp();

        if (isSilent)
            trio.Silos[1].Pause();
        else
            trio.Silos[1].Kill();

        await trio.AgreeAsync([trio.Silos[0], trio.Silos[2]]);
        Assert.InRange(Stopwatch.GetElapsedTime(died), TimeSpan.Zero, Soon);
    }
}
