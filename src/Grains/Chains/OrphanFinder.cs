using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Storage;
using KvOrleans.Storage.Chains;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Chains;

/// <summary>Looks round after round for blocks whose parent is gone from the cluster, so that they go first.</summary>
/// <remarks>
/// A parent is gone when it is not here and every other silo of the map says that it has it not. So nothing needs to be known of owners, copies and handoffs: whoever holds it says so. When one
/// does not answer, when this silo is not sure of its map, or when that changed meanwhile, nothing is concluded of what nobody had. To be late costs room; to be wrong, as for a block that moved
/// between two answers, costs a block that nobody can use at that moment and that takes its place again with the next round.
/// </remarks>
internal sealed partial class OrphanFinder(
    BlockStore store, IClusterMapSource map, ISiloPeers peers, ReplicationSettings settings, ReplicationCounters counters, TimeProvider time, ILogger<OrphanFinder> logger)
    : BackgroundService
{
    private const int RecordsAtOnce = 16 * 1024;

    /// <summary>Between two slices: 8,192 blocks and 65,536 records a second at most.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    /// <summary>A map that was read longer ago may lack a silo.</summary>
    private static readonly TimeSpan Fence = TimeSpan.FromSeconds(3);

    private readonly ChildBlock[] _children = new ChildBlock[ISiloPeer.MostKeys];
    private readonly bool[] _found = new bool[ISiloPeer.MostKeys];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                for (var cursor = await GoOnAsync(0, stoppingToken).ConfigureAwait(false); cursor != 0;)
                {
                    await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
                    cursor = await GoOnAsync(cursor, stoppingToken).ConfigureAwait(false);
                }

                counters.ParentRoundEnds();
                if (settings.OrphanInterval - time.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
                    await Task.Delay(rest, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(LogLevel.Debug, "Silo {Silo} does not say which parents of blocks it holds.")]
    private partial void LogUnanswered(SiloLife silo, Exception error);

    /// <returns>Where to go on; 0: the round is over.</returns>
    private async Task<int> GoOnAsync(int cursor, CancellationToken cancellationToken)
    {
        var current = map.Current;
        var next = store.SeekParents(cursor, RecordsAtOnce, _children, out var taken);
        if (taken == 0)
            return next;
        _found.AsSpan(0, taken).Clear();
        var isSure = current.IndexOf(map.Life) >= 0;
        foreach (var silo in current.Silos)
        {
            if (silo.Life != map.Life)
                isSure &= await AskAsync(silo.Life, taken, cancellationToken).ConfigureAwait(false);
        }

        isSure &= map.FenceAge <= Fence && HandoffBook.IsSame(current, map.Current);
        Conclude(taken, isSure);
        return next;
    }

    private void Conclude(int taken, bool isSure)
    {
        var known = 0;
        var missed = 0;
        for (var i = 0; i < taken; i++)
        {
            if (!_found[i] && !isSure)
                continue;
            missed += _found[i] ? 0 : 1;
            (_children[known], _found[known]) = (_children[i], _found[i]);
            known++;
        }

        store.ParentsSought(_children.AsSpan(0, known), _found.AsSpan(0, known));
        counters.ParentsSought(taken, missed);
    }

    /// <summary>Asks a silo for the parents that nobody had yet.</summary>
    /// <returns>Whether it answered.</returns>
    private async Task<bool> AskAsync(SiloLife silo, int taken, CancellationToken cancellationToken)
    {
        var open = Enumerable.Range(0, taken).Where(i => !_found[i]).ToArray();
        if (open.Length == 0)
            return true;
        if (peers.Of(silo) is not { } peer)
            return false;
        try
        {
            var answer = await peer.MayHoldAsync([.. open.Select(i => _children[i].Parent)]).AsTask().WaitAsync(LongestCall, time, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < open.Length; i++)
                _found[open[i]] = ParentWitness.Says(answer, i);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnanswered(silo, error);
            return false;
        }
    }
}
