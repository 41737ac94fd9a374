using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Grains.Peers;

/// <summary>Pulls whole blocks with <c>KV.PULL</c>.</summary>
internal sealed class BlockPuller(PeerRequests requests) : IBlockPuller
{
    public async ValueTask<PulledBlock?> PullAsync(
        SiloDescriptor source, BlockKey key, BlockVersion version, Func<int, StagedBlock?> stage, CancellationToken cancellationToken)
    {
        using var fetch = await requests.PullAsync(source, key, version, stage, cancellationToken).ConfigureAwait(false);
        await using var ending = cancellationToken.UnsafeRegister(static fetch => ((PeerFetch)fetch!).Abort(), fetch).ConfigureAwait(false);
        return fetch.Answer.Outcome == PeerOutcome.Answered && await fetch.ReceiveAllAsync().ConfigureAwait(false)
            && (version.IsNone || fetch.Version == version)
            ? new(fetch.TakeStaged(), fetch.Version, fetch.TimeToLive)
            : null;
    }
}
