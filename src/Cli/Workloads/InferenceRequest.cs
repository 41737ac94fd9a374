namespace KvOrleans.Cli.Workloads;

/// <summary>A prompt that an inference node is asked to serve.</summary>
/// <param name="Start">When it comes, since the workload began.</param>
/// <param name="Blocks">The ids of its chain, in order. Equal ids are equal blocks with equal history.</param>
/// <param name="InputTokens">The prompt's tokens.</param>
/// <param name="BlockTokens">The tokens of a full block.</param>
internal readonly record struct InferenceRequest(TimeSpan Start, ReadOnlyMemory<long> Blocks, long InputTokens, long BlockTokens)
{
    /// <summary>The prompt's tokens that its first <paramref name="blocks"/> blocks stand for: the last block may be partial.</summary>
    public long TokensOf(int blocks) => Math.Min(InputTokens, blocks * BlockTokens);
}
