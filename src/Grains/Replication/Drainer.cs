using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Sweeps;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>Gives each last copy to the silo that will own it, before this silo stops, while everything is still served.</summary>
internal sealed partial class Drainer(BlockStore store, IClusterMapSource map, HolderBits holders, Offers offers, TimeProvider time, ILogger<Drainer> logger)
    : IDrainer
{
    private const int RecordsPerSlice = 512;

    // What was written or moved while the last pass went on; each pass leaves out what the one before it gave away.
    private const int MostPasses = 4;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(2);

    private volatile ImmutableList<HandoffTally> _passes = [];
    private volatile bool _isDraining;
    private volatile bool _isWhole;
    private long _toGive;

    /// <inheritdoc/>
    public DrainState State
    {
        get
        {
            var passes = _passes;
            return new(_isDraining, passes.Sum(pass => pass.Offered), passes.Sum(pass => pass.Open), passes.Sum(pass => pass.Lost), LeftAfter(passes), _isWhole);
        }
    }

    /// <inheritdoc/>
    public void Begin() => _isDraining = true;

    /// <inheritdoc/>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _toGive, LastCopies());
        Begin();
        var began = time.GetTimestamp();
        using var reporting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = ReportAsync(reporting.Token);
        try
        {
            for (var pass = 0; pass < MostPasses; pass++)
            {
                if (await PassAsync(isFirst: pass == 0, cancellationToken).ConfigureAwait(false) == 0)
                    break;
            }

            _isWhole = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogCutShort();
        }
        finally
        {
            await reporting.CancelAsync().ConfigureAwait(false);
            await reports.ConfigureAwait(false);
        }

        var state = State;
        LogDrained(state.Given, state.Offered, time.GetElapsedTime(began));
    }

    [LoggerMessage(LogLevel.Information, "Draining: {Given} of {Offered} blocks so far have a new holder.")]
    private partial void LogProgress(long given, long offered);

    [LoggerMessage(LogLevel.Information, "Drained: {Given} of {Offered} blocks have a new holder, in {Elapsed}.")]
    private partial void LogDrained(long given, long offered, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Warning, "The drain was cut short.")]
    private partial void LogCutShort();

    private long LastCopies()
    {
        var sums = store.GetStatistics();
        return Math.Max(0, sums.Blocks - sums.CopyBlocks - sums.Registers);
    }

    /// <summary>A later pass offers again what the one before it could not give away.</summary>
    private long LeftAfter(ImmutableList<HandoffTally> passes) => passes switch
    {
        [] => _isDraining ? Volatile.Read(ref _toGive) : LastCopies(),
        [var only] when !_isWhole => Math.Max(only.Open + only.Lost, Volatile.Read(ref _toGive) - (only.Offered - only.Open - only.Lost)),
        [.., var before, var last] when !_isWhole => Math.Max(last.Open + last.Lost, before.Open + before.Lost - (last.Offered - last.Open - last.Lost)),
        [.., var last] => last.Open + last.Lost,
    };

    /// <returns>How many blocks were offered.</returns>
    private async Task<long> PassAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var current = map.Current;
        var after = current with { Silos = current.Silos.RemoveAll(silo => silo.Life == map.Life) };
        if (after.Silos.Length == 0)
            return 0;

        var tally = new HandoffTally();
        _passes = _passes.Add(tally);
        var sweep = store.BeginSweep();
        var slice = new List<SweptBlock>(RecordsPerSlice);
        for (var more = true; more;)
        {
            slice.Clear();
            more = store.Sweep(sweep, RecordsPerSlice, slice);
            foreach (var block in slice)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var owner = after.OwnerOf(block.Key)!.Life;
                if (block is { Kind: BlockKind.WriteOnce, Role: BlockRole.Last } && (isFirst || (block.Holders & holders.MaskOf(owner)) == 0))
                    await Sweep.HandOverAsync(block, owner, OfferReason.Drain, offers, tally, cancellationToken).ConfigureAwait(false);
            }
        }

        await Task.WhenAll(after.Silos.Select(silo => tally.WhenAnswered(silo.Life))).WaitAsync(cancellationToken).ConfigureAwait(false);
        return tally.Offered;
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReportInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                var state = State;
                LogProgress(state.Given, state.Offered);
            }
        }
        catch (OperationCanceledException)
        {
            // The drain is over.
        }
    }
}
