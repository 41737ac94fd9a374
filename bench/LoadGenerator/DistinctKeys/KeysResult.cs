namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>What <see cref="KeysRun"/> measured.</summary>
/// <param name="Load">What was written.</param>
/// <param name="Samples">Every slice.</param>
/// <param name="Memory">What each contender took when it had that many keys.</param>
/// <param name="Most">The most that was seen while it was written to.</param>
/// <param name="Forwarded">The share of writes that silos sent on to others, 0 to 1.</param>
internal sealed record KeysResult(
    KeysLoad Load,
    IReadOnlyList<KeysSample> Samples,
    IReadOnlyDictionary<(string Contender, int Written), KeysMemory> Memory,
    IReadOnlyDictionary<string, KeysMemory> Most,
    IReadOnlyDictionary<string, double> Forwarded);
