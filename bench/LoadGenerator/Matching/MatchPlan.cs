namespace KvOrleans.LoadGenerator.Matching;

/// <summary>What is asked for.</summary>
/// <param name="Chains">Blocks of the chains that the client matches.</param>
/// <param name="Matches">Matches of each; as many before to warm up.</param>
/// <param name="Keys">Keys of one question to a single server.</param>
/// <param name="Slices">Slices of each server, interleaved.</param>
/// <param name="SliceLength">How long each takes.</param>
internal sealed record MatchPlan(IReadOnlyList<int> Chains, int Matches, int Keys, int Slices, TimeSpan SliceLength);
