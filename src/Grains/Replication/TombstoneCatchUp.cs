using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>Lets a life serve the blocks that it found in its store only when it knows what was deleted since the life before it was over.</summary>
/// <remarks>
/// A delete is acknowledged only when every silo of the map has it. So a silo that was in the map all the time knows all tombstones, and one such silo is enough to ask. A silo that
/// began later, or was away itself, says how far back it knows them. When nobody knows them all, everything that was found is dropped, with one exception: after the membership
/// table was lost all lives are over at once, and all silos together know what was deleted.
/// </remarks>
internal sealed partial class TombstoneCatchUp(
    BlockStore store, IClusterMapSource map, ISiloPeers peers, IFormerLife former, TimeProvider time, ILogger<TombstoneCatchUp> logger)
    : BackgroundService, IWriteOnceGate
{
    /// <summary>A read of the table that is older than this may have missed that this life is over.</summary>
    private static readonly TimeSpan Fence = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceForOthers = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    // What an empty silo asks for: it must know of deletes that were under way when it joined.
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = time.GetTimestamp();
    private long _completeFrom = time.GetTimestamp();
    private TimeSpan _completeBefore;

    /// <summary>Completes when what was found may be served, or is gone.</summary>
    public Task Done => _done.Task;

    /// <inheritdoc/>
    /// <remarks>A read that succeeds renews the fence before it takes back that the silo is cut off, so in this order one of the two is seen.</remarks>
    public bool MayServe => _done.Task.IsCompleted && (map.IsCutOff || map.FenceAge <= Fence);

    /// <inheritdoc/>
    public bool MayRuleOut => _done.Task.IsCompleted && map.FenceAge <= Fence;

    /// <summary>How far back this silo knows every delete.</summary>
    public TimeSpan CompleteSince
    {
        get
        {
            if (!_done.Task.IsCompleted)
                return TimeSpan.Zero;
            var age = time.GetElapsedTime(Volatile.Read(ref _completeFrom)) + _completeBefore;
            return age < store.TombstoneHorizon ? age : store.TombstoneHorizon;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await JoinAsync(stoppingToken).ConfigureAwait(false);
            if (former.Age is null)
                await BeginAsync(stoppingToken).ConfigureAwait(false);
            else
                await CatchUpAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(LogLevel.Information, "Deletes of the last {Age} are known; {Dropped} blocks held from before were dropped for them.")]
    private partial void LogKnown(TimeSpan age, int dropped);

    [LoggerMessage(LogLevel.Warning, "No silo knows all deletes of the last {Age}: {Dropped} write-once blocks held from before were dropped.")]
    private partial void LogDropped(TimeSpan age, int dropped);

    /// <summary>From the moment it is in the map a silo is told of every delete.</summary>
    private async Task JoinAsync(CancellationToken stoppingToken)
    {
        var current = map.Current;
        while (current.IndexOf(map.Life) < 0)
            current = await map.WaitForChangeAsync(current.Position, stoppingToken).ConfigureAwait(false);
        Volatile.Write(ref _completeFrom, time.GetTimestamp());
    }

    /// <summary>A silo that found nothing has nothing to drop: it asks once.</summary>
    private async Task BeginAsync(CancellationToken stoppingToken)
    {
        var others = map.Current.Silos.Where(silo => silo.Life != map.Life);
        var answers = await Task.WhenAll(others.Select(silo => AskAsync(silo, Recent, stoppingToken))).ConfigureAwait(false);
        if (answers.Any(known => known >= Recent))
            _completeBefore = Recent;
        _done.TrySetResult();
    }

    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var current = map.Current;
            var age = former.Age!.Value + Margin;
            var others = current.Silos.Where(silo => silo.Life != map.Life).ToList();
            var answers = await Task.WhenAll(others.Select(silo => AskAsync(silo, age, stoppingToken))).ConfigureAwait(false);
            var isLost = current.Incarnation != former.Incarnation;
            // A delete that was acknowledged since reached every silo that was in the map then: the margin is for what is asked, not for who may answer.
            var needed = former.Age!.Value;
            if (answers.Any(known => known >= needed) || (isLost && answers.Length > 0 && answers.All(known => known is not null)))
            {
                _completeBefore = age;
                LogKnown(age, store.DropBuried());
                _done.TrySetResult();
                return;
            }

            var isNobodyHere = answers.Length == 0 && time.GetElapsedTime(_began) > PatienceForOthers;
            var knowsNobody = answers.Length > 0 && answers.All(known => known is not null) && HandoffBook.IsSame(current, map.Current);
            if (isNobodyHere || knowsNobody)
            {
                LogDropped(age, store.DropAll(BlockKind.WriteOnce));
                _done.TrySetResult();
                return;
            }

            await Task.Delay(Rest, time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes over what a silo knows.</summary>
    /// <returns>How far back it knows everything; null when it did not answer.</returns>
    private async Task<TimeSpan?> AskAsync(SiloDescriptor silo, TimeSpan age, CancellationToken stoppingToken)
    {
        try
        {
            var complete = TimeSpan.MaxValue;
            for (long cursor = 0, pages = 0; pages == 0 || cursor != 0; pages++)
            {
                if (peers.Of(silo.Life) is not { } peer)
                    return null;
                var page = await peer.GetTombstonesAsync(age, cursor).AsTask().WaitAsync(LongestCall, time, stoppingToken).ConfigureAwait(false);
                foreach (var tombstone in page.Tombstones)
                    store.AdoptTombstone(tombstone);
                complete = page.CompleteSince < complete ? page.CompleteSince : complete;
                cursor = page.Next;
            }

            return complete;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
