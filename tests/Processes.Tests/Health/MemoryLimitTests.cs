using System.Globalization;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Health;

/// <summary>The arena is half of what the process may take, as the kernel limits it, and never more than fits.</summary>
public sealed class MemoryLimitTests(ITestOutputHelper output)
{
    private const long Limit = 1L << 30;

    // Joins the group whose file of members is the first argument, and becomes the program behind it.
    private const string Join = """echo $$ > "$1" && shift && exec dotnet "$@" """;

    [Fact]
    public async Task Arena_InAControlGroup_IsHalfOfItsLimit()
    {
        using var group = ControlGroup.TryMake(Limit);
        // Whoever may not make groups sees at least that the arena is within the limit of where the test runs.
        output.WriteLine(group is null ? "No control group can be made here: the limit is the machine's." : $"In {group.Members}.");
        var expected = group is null ? 0 : Limit / 2;

        await using var silo = Begin(group);
        await Eventually.HoldsAsync(async () => await silo.ProbeAsync("/readyz") is (200, _), "the silo is ready");

        var arena = long.Parse(SiloTrio.Told(silo, "maxmemory"), CultureInfo.InvariantCulture);
        Assert.True(expected == 0 ? arena > 0 : arena == expected, $"the arena is {arena}");
    }

    [Fact]
    public async Task Arena_AboveTheLimit_IsRefusedWithWhatIsAccepted()
    {
        using var group = ControlGroup.TryMake(Limit);
        await using var silo = Begin(group, "--KvOrleans:Memory:Bytes", group is null ? "4TiB" : "1GiB");

        Assert.Equal(78, await silo.ExitAsync());
        var expected = group is null ? "accepted: 2MiB to" : "KvOrleans:Memory:Bytes is '1GiB'; accepted: 2MiB to 896MiB, since the memory limit (the container's, else the machine's) is 1GiB";
        Assert.Contains(expected, silo.Written, StringComparison.Ordinal);
    }

    private static SiloProcess Begin(ControlGroup? group, params string[] options) =>
        group is null ? SiloProcess.BeginIn("dotnet", [], options) : SiloProcess.BeginIn("sh", ["-c", Join, "sh", group.Members], options);
}
