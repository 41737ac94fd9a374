namespace KvOrleans.LoadGenerator.Matching;

/// <summary>Matches of one chain, one after the other.</summary>
/// <param name="Blocks">How long the chain is.</param>
/// <param name="Times">How long each match took, and to send its release.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others meanwhile.</param>
/// <param name="Idle">The share that nobody used.</param>
internal sealed record ChainTimes(int Blocks, TimeSpan[] Times, double Steal, double Idle)
{
    /// <summary>The time that <paramref name="share"/> of all stay within.</summary>
    public TimeSpan At(double share) => Times.Order().ElementAt((int)Math.Ceiling(share * Times.Length) - 1);
}
