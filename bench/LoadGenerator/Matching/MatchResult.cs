namespace KvOrleans.LoadGenerator.Matching;

/// <summary>What <see cref="MatchRun"/> measured.</summary>
/// <param name="Keys">The keys of one question in <paramref name="Silo"/> and <paramref name="Redis"/>.</param>
/// <param name="Chains">Chains, through the client library.</param>
/// <param name="Silo"><c>KV.MATCH</c> with a lease, and <c>KV.RELEASE</c>, over one connection.</param>
/// <param name="Redis"><c>EXISTS</c> of the same keys, over one connection.</param>
internal sealed record MatchResult(int Keys, IReadOnlyList<ChainTimes> Chains, IReadOnlyList<KeySlice> Silo, IReadOnlyList<KeySlice> Redis);
