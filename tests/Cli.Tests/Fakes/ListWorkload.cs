using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Tests.Fakes;

/// <summary>The given chains, one second apart, of four tokens a block.</summary>
internal sealed class ListWorkload(params long[][] chains) : IWorkload
{
    public const int BlockTokens = 4;

    public string Name => "list";

    public long? RequestCount => chains.Length;

    public IEnumerable<InferenceRequest> Requests =>
        chains.Select((chain, at) => new InferenceRequest(TimeSpan.FromSeconds(at), chain, chain.Length * BlockTokens - 1, BlockTokens));
}
