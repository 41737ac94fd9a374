using KvOrleans.Grains.Membership;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using Microsoft.Extensions.Hosting;

namespace KvOrleans.Grains.Replication;

/// <summary>Has a second copy made of blocks that were used for the first time.</summary>
internal sealed class ReuseCopies(BlockStore store, IClusterMapSource map, CopyMaker copies, ReplicationSettings settings, TimeProvider time)
    : BackgroundService
{
    private const int MostAtOnce = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly ReusedBlock[] _reused = new ReusedBlock[MostAtOnce];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            while (Take() == MostAtOnce)
            {
            }
        }
    }

    private int Take()
    {
        var taken = store.TakeReused(_reused);
        foreach (var block in _reused.AsSpan(0, taken))
        {
            if (settings.CopiesAfterReuse > 1 && map.Owns(block.Key))
                copies.Offer(block.Key, block.Info, isReused: true, block.IsAgain);
        }

        return taken;
    }
}
