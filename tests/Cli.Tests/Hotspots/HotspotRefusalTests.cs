using System.Diagnostics;
using System.Reflection;

namespace KvOrleans.Cli.Tests.Hotspots;

/// <summary><c>kvo-bench hotspot</c> where limited links cannot be made: without root, and, for whoever runs the tests as root, without the programs that make them.</summary>
public sealed class HotspotRefusalTests
{
    private const int CannotMeasure = 3;

    [Fact]
    public async Task Hotspot_NoLimitedLinks_SaysWhatCannotBeMeasuredAndEndsWithACodeOfItsOwn()
    {
        var bench = typeof(HotspotRefusalTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Bench").Value!;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [bench, "hotspot"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = "";

        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(CannotMeasure, process.ExitCode);
        Assert.Contains(Environment.IsPrivilegedProcess ? "ip is not installed" : "take root", errors);
        Assert.Contains("neither how the rate grows with the silos nor how fast a block spreads can be measured here", errors);
        Assert.Empty(output);
    }
}
