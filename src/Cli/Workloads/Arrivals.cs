namespace KvOrleans.Cli.Workloads;

/// <summary>When prompts come that nobody recorded: independently of each other.</summary>
internal static class Arrivals
{
    /// <summary>The time to the next prompt.</summary>
    /// <param name="dice">What decides; not asked when there are no times.</param>
    /// <param name="perSecond">How many come on average; 0: all at once.</param>
    public static TimeSpan Pause(Random dice, double perSecond) =>
        perSecond > 0 ? TimeSpan.FromSeconds(-Math.Log(1 - dice.NextDouble()) / perSecond) : TimeSpan.Zero;
}
