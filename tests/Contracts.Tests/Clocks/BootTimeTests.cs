using KvOrleans.Contracts.Clocks;

namespace KvOrleans.Contracts.Tests.Clocks;

public sealed class BootTimeTests
{
    [Fact]
    public void GetTimestamp_IsTheTimeSinceTheMachineStarted()
    {
        var began = BootTime.Provider.GetTimestamp();
        var read = TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        var ended = BootTime.Provider.GetTimestamp();

        // The file has hundredths.
        Assert.InRange(read, Time(began) - TimeSpan.FromMilliseconds(20), Time(ended) + TimeSpan.FromMilliseconds(20));

        static TimeSpan Time(long timestamp) => TimeSpan.FromSeconds((double)timestamp / BootTime.Provider.TimestampFrequency);
    }
}
