using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Membership;

/// <summary>Those who wait for another map than they know, a bounded number.</summary>
internal sealed class MapWaiters(IClusterMapSource map, TimeProvider time)
{
    /// <summary>Who waits longer gets the map that is there.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>One more is answered at once.</summary>
    internal const int Most = 4096;

    private int _waiting;

    /// <summary>The current map, as soon as it is another than <paramref name="known"/> or the wait is over.</summary>
    public async Task<ClusterMap> WaitAsync(MapPosition known)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > Most)
                return map.Current;
            using var patience = new CancellationTokenSource(LongestWait, time);
            return await map.WaitForChangeAsync(known, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return map.Current;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
