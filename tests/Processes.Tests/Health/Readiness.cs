using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Health;

/// <summary>What silos in processes of their own answer to probes, and what is waited for.</summary>
internal static class Readiness
{
    public const int Good = 200;
    public const int Bad = 503;

    /// <summary>Waits until it says that it is ready.</summary>
    public static Task IsReadyAsync(SiloProcess silo) =>
        Eventually.HoldsAsync(async () => await silo.ProbeAsync("/readyz") is (Good, _), "the silo is ready");

    /// <summary>Waits until it says that it is not ready for this reason.</summary>
    public static async Task SaysNotReadyAsync(SiloProcess silo, string reason)
    {
        var last = (Status: 0, Text: "");
        try
        {
            await Eventually.HoldsAsync(
                async () => (last = await silo.ProbeAsync("/readyz")) is (Bad, _) && last.Text.Contains(reason, StringComparison.Ordinal), "the silo says why it is not ready");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not say '{reason}', but {last} and wrote:\n{silo.Written}");
        }
    }
}
