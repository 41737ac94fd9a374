using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Tests.Twins;

/// <summary>Another activation of a block's grain: of one block there can be as many as there are names of this.</summary>
[Alias("KvOrleans.Tests.ITwinGrain")]
public interface ITwinGrain : IGrainWithStringKey
{
    /// <summary>Decides a write as the block's grain does.</summary>
    [Alias("Commit")]
    ValueTask<BlockDecision> CommitAsync(CommitRequest request);
}
