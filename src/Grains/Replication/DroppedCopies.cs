using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using Microsoft.Extensions.Hosting;

namespace KvOrleans.Grains.Replication;

/// <summary>Tells the owners which of their copies were evicted here, so that nobody counts on them.</summary>
/// <remarks>
/// Told twice at most: an owner that was not reached believes in a copy that is gone until the block is written again with <see cref="WriteConcern.Replicated"/>, or moves. One that is
/// told late, of a copy that is here again, offers it once more.
/// </remarks>
internal sealed class DroppedCopies(
    BlockStore store, IClusterMapSource map, HolderBits holders, ISiloPeers peers, ReplicationCounters counters, TimeProvider time) : BackgroundService
{
    private const int MostAtOnce = 256;
    private const int Tries = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    private readonly EvictedCopy[] _evicted = new EvictedCopy[MostAtOnce];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            while (await TellAsync(store.TakeEvictedCopies(_evicted), stoppingToken).ConfigureAwait(false) == MostAtOnce)
            {
            }
        }
    }

    private async Task<int> TellAsync(int taken, CancellationToken cancellationToken)
    {
        var told = from copy in _evicted.Take(taken)
                   where !store.TryGetInfo(copy.Key.Span, out var now) || now.Version != copy.Version
                   from life in holders.LivesOf(copy.Knowers)
                   group new DroppedCopy(copy.Key, copy.Version) by life;
        await Task.WhenAll(told.ToList().Select(copies => TellAsync(copies.Key, [.. copies], cancellationToken))).ConfigureAwait(false);
        return taken;
    }

    private async Task TellAsync(SiloLife owner, DroppedCopy[] copies, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries && peers.Of(owner) is { } peer; tries++)
        {
            try
            {
                await peer.CopiesDroppedAsync(map.Life, [.. copies]).AsTask().WaitAsync(LongestCall, time, cancellationToken).ConfigureAwait(false);
                counters.DropsTold(copies.Length);
                return;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Once more; then it is left.
            }
        }
    }
}
