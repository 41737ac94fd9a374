namespace KvOrleans.LoadGenerator.Detour;

/// <summary>Reads in pairs: of one block, right after each other.</summary>
/// <param name="Command">What was sent.</param>
/// <param name="Direct">How long each read at the owner took.</param>
/// <param name="Detour">How long the same through the other silo.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others meanwhile.</param>
internal sealed record DetourSeries(string Command, TimeSpan[] Direct, TimeSpan[] Detour, double Steal)
{
    /// <summary>Of each pair.</summary>
    public double[] Ratios => [.. Direct.Zip(Detour, static (direct, detour) => detour / direct)];
}
