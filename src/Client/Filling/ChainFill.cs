using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>One call that fetches what is there of a chain and computes the rest, unless somebody else is about to.</summary>
/// <remarks>
/// It goes from block to block that is missing: either it is this call's to compute, and then it computes all that is missing, or it waits until that block is there and reads on from it. Who has
/// a fill lease never waits for another's, and who waits for another caller of this client has none, and stands for nothing that another would wait for: so no two wait for each other.
/// </remarks>
internal sealed class ChainFill(
    ChainFiller filler, ReadOnlyMemory<BlockKey> chain, ReadOnlyMemory<Memory<byte>> destinations, Func<int, CancellationToken, ValueTask> compute,
    GetOrComputeOptions options, TimeSpan deadline, TimeSpan lease, CancellationToken cancellationToken)
{
    // Somebody says that the next block is there, and it is not to be had: after so many rounds it is not waited for any more.
    private const int MostBarrenRounds = 2;

    private static readonly TimeSpan PauseStep = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private int _have;
    private long? _waitingSince;
    private bool _hasWaited;

    /// <summary>Fills all destinations.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<GetOrComputeResult> RunAsync()
    {
        await ReadAsync(isCertain: false).ConfigureAwait(false);
        for (var barren = 0; _have < chain.Length && barren < MostBarrenRounds;)
        {
            if (filler.Flights.TryBegin(chain[_have..], out var flight, out var turn))
                return await LeadAsync(flight, MostBarrenRounds).ConfigureAwait(false);
            if (!await WaitAsync(turn).ConfigureAwait(false))
                break;
            barren = await ReadOnAsync().ConfigureAwait(false) || !flight.HasComputed ? 0 : barren + 1;
        }

        return _have < chain.Length ? await LeadAsync(filler.Flights.Begin(chain[_have..]), rounds: 0).ConfigureAwait(false) : new(_have, 0, 0, _hasWaited);
    }

    /// <summary>Sees to it that all that is missing gets here, for the others who miss it too; it waits for other nodes for so many <paramref name="rounds"/> without progress at most.</summary>
    private async ValueTask<GetOrComputeResult> LeadAsync(FillFlight flight, int rounds)
    {
        try
        {
            for (var barren = 0; barren < rounds && await ComesAsync(chain.Span[_have]).ConfigureAwait(false);)
            {
                barren = await ReadOnAsync().ConfigureAwait(false) ? 0 : barren + 1;
                if (_have == chain.Length)
                    return new(_have, 0, 0, _hasWaited);
                filler.Flights.Narrow(flight, chain[_have..]);
            }

            flight.Computes();
            return await ComputeAsync(flight).ConfigureAwait(false);
        }
        finally
        {
            filler.Flights.End(flight);
        }
    }

    /// <summary>Reads what has come, of which somebody says that it has.</summary>
    /// <returns>Whether there was anything.</returns>
    private async ValueTask<bool> ReadOnAsync()
    {
        var before = _have;
        await ReadAsync(isCertain: true).ConfigureAwait(false);
        return _have > before;
    }

    /// <summary>Reads what is there from the first missing block on. <paramref name="isCertain"/>: whatever digests say, for another node may just have written it.</summary>
    private async ValueTask ReadAsync(bool isCertain)
    {
        using var asking = CallDeadline.Start(deadline, cancellationToken);
        await using var match = await filler.Matcher.MatchAsync(chain[_have..], lease, isCertain, asking).ConfigureAwait(false);
        var count = 0;
        // One of another length is not what would be computed.
        while (count < match.Blocks.Count && match.Blocks[count].Length == destinations.Span[_have + count].Length)
            count++;
        if (count == 0)
            return;
        using var reading = CallDeadline.Start(deadline, cancellationToken);
        _have += await filler.Reader.ReadAsync(match, destinations.Slice(_have, count), reading).ConfigureAwait(false);
    }

    /// <summary>Waits while somebody else computes <paramref name="key"/>.</summary>
    /// <returns>Whether it is there. False: it is this call's to compute, for want of anybody else who does, or because it has waited for long enough.</returns>
    private async ValueTask<bool> ComesAsync(BlockKey key)
    {
        var isWorthAnotherTry = false;
        for (var pause = PauseStep; ; pause = pause < LongestPause ? pause + PauseStep : LongestPause)
        {
            using (var asking = CallDeadline.Start(deadline, cancellationToken))
            {
                var state = await filler.Desk.AskAsync(key, options.FillLease, asking).ConfigureAwait(false);
                // Somebody is at it, was the last answer: that one does not come is no reason to compute it too.
                if (state != FillState.Others && (state is not null || !isWorthAnotherTry))
                    return state == FillState.Here;
                isWorthAnotherTry = state == FillState.Others;
            }

            var left = LeftToWait();
            if (left <= TimeSpan.Zero)
                return false;
            var jittered = pause * (0.75 + (filler.Random.NextDouble() / 2));
            _hasWaited = true;
            await Task.Delay(jittered < left ? jittered : left, filler.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until another caller of this client has done something about the first missing block.</summary>
    /// <returns>False when that took too long.</returns>
    private async ValueTask<bool> WaitAsync(Task turn)
    {
        var left = LeftToWait();
        if (left <= TimeSpan.Zero)
            return false;
        _hasWaited = true;
        await turn.WaitAsync(left, filler.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return turn.IsCompleted;
    }

    private TimeSpan LeftToWait()
    {
        _waitingSince ??= filler.Time.GetTimestamp();
        return options.LongestWait - filler.Time.GetElapsedTime(_waitingSince.Value);
    }

    /// <summary>Computes and writes all that is missing. What others compute at the same time is theirs all the same: nobody waits any more.</summary>
    private async ValueTask<GetOrComputeResult> ComputeAsync(FillFlight flight)
    {
        var missing = chain[_have..];
        var given = missing;
        var hold = new FillHold(filler.Desk, missing, options.FillLease, filler.Time);
        try
        {
            await compute(_have, cancellationToken).ConfigureAwait(false);
            var writes = await WriteAsync(missing).ConfigureAwait(false);
            given = missing.ToArray().Where((_, i) => !IsThere(writes[i])).ToArray();
            return new(_have, missing.Length, writes.Count(static write => write.IsStored), _hasWaited);
        }
        finally
        {
            await hold.EndAsync().ConfigureAwait(false);
            // The leases are the connection's: what another call of this client computes too stays leased.
            filler.Desk.GiveUp(filler.Flights.OnlyOf(flight, given.Span));
        }
    }

    private async ValueTask<BlockWrite[]> WriteAsync(ReadOnlyMemory<BlockKey> missing)
    {
        var payloads = new ReadOnlyMemory<byte>[missing.Length];
        for (var i = 0; i < payloads.Length; i++)
            payloads[i] = destinations.Span[_have + i];
        using var writing = CallDeadline.Start(deadline, cancellationToken);
        var how = options.Write ?? new();
        if (_have > 0)
            how = how with { Parent = WriteBatch.Link(chain.Span[_have - 1], missing.Span[0]) };
        return await filler.Writer.WriteAsync(missing, payloads, how, writing).ConfigureAwait(false);
    }

    /// <summary>A fill lease has ended when the block is there, whoever wrote it.</summary>
    private static bool IsThere(BlockWrite write) => write.IsStored || write.Outcome == BlockWriteOutcome.Conflict;
}
