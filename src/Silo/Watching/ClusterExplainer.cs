using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Asks all silos what they know of keys. A bounded number of questions is under way at a time.</summary>
internal sealed class ClusterExplainer(ISiloView self, IClusterMapSource map, ISiloPeers peers, TimeProvider time) : IDisposable
{
    /// <summary>The most questions at a time.</summary>
    public const int MostQuestions = 8;

    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(MostQuestions);

    /// <summary>What every silo of the map says, by name; null when too many ask.</summary>
    public async Task<IReadOnlyList<SiloAnswer>?> ExplainAsync(ImmutableArray<BlockKey> keys)
    {
        if (!_places.Wait(0))
            return null;
        try
        {
            return await Task.WhenAll(map.Current.Silos.Select(silo => AskAsync(silo, keys))).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<SiloAnswer> AskAsync(SiloDescriptor silo, ImmutableArray<BlockKey> keys)
    {
        try
        {
            ImmutableArray<KeyExplanation>? answer = silo.Life == map.Life
                ? await self.ExplainAsync(keys).ConfigureAwait(false)
                : peers.Of(silo.Life) is { } peer ? await peer.ExplainAsync(keys).AsTask().WaitAsync(LongestQuestion, time).ConfigureAwait(false) : null;
            return new(silo.Name, answer is { } said && said.Length == keys.Length ? said : null);
        }
        catch (Exception)
        {
            return new(silo.Name, null);
        }
    }
}
