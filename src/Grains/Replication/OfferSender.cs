using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Replication;

/// <summary>Offers one silo what is queued for it: two batches at a time, again and more slowly while it does not take them, until it leaves the map.</summary>
internal sealed partial class OfferSender : IAsyncDisposable
{
    private const int BatchesUnderWay = 2;
    private const int MostRefusals = 3;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SiloLife _destination;
    private readonly OfferServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private readonly long[] _begun = new long[BatchesUnderWay];
    private readonly Task _running;
    private readonly BatchSize _size = new();
    private int _failures;
    private int _isDisposed;

    public OfferSender(SiloLife destination, OfferServices services)
    {
        (_destination, _services) = (destination, services);
        _running = Task.WhenAll(Enumerable.Range(0, BatchesUnderWay).Select(slot => Task.Run(() => RunAsync(slot))));
    }

    public OfferQueue Queue { get; } = new();

    /// <summary>Whether it did not answer lately: whoever is in a hurry goes to another silo first.</summary>
    public bool IsSlow
    {
        get
        {
            if (Volatile.Read(ref _failures) > 0)
                return true;
            for (var slot = 0; slot < BatchesUnderWay; slot++)
            {
                var begun = Volatile.Read(ref _begun[slot]);
                if (begun != 0 && _services.Time.GetElapsedTime(begun) > Patience)
                    return true;
            }

            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        Queue.Close();
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopped.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} does not answer an offer of {Blocks} blocks; it is offered again.")]
    private static partial void LogUnanswered(ILogger logger, SiloLife silo, int blocks, Exception error);

    private async Task RunAsync(int slot)
    {
        while (!_stopped.IsCancellationRequested)
        {
            var changed = Queue.Changed.Next;
            var wait = _services.Budget.Wait;
            var batch = Queue.Take(paced: wait <= TimeSpan.Zero, _size.Bytes);
            if (batch.Count > 0)
                await SendAsync(batch, slot).ConfigureAwait(false);
            else if (Queue.HasPaced && wait > TimeSpan.Zero)
                await changed.WaitAsync(wait, _services.Time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else
                await changed.WaitAsync(_stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(List<QueuedOffer> batch, int slot)
    {
        var bytes = batch.Sum(offer => (long)offer.Block.Length);
        if (batch[0].Lane != OfferLane.Urgent)
            _services.Budget.Take(bytes);
        var began = _services.Time.GetTimestamp();
        var answer = await AskAsync(batch, slot).ConfigureAwait(false);
        _size.Answered(bytes, _services.Time.GetElapsedTime(began), failed: answer is null);
        if (_stopped.IsCancellationRequested)
            return;

        var isTaken = answer is { } given && (given.Held | given.Known) != 0;
        for (var i = 0; i < batch.Count; i++)
            Settle(batch[i], answer, 1UL << i);
        if (isTaken)
        {
            Volatile.Write(ref _failures, 0);
            return;
        }

        var failures = Math.Min(Interlocked.Increment(ref _failures), 16);
        var rest = TimeSpan.FromTicks(Math.Min(LongestRest.Ticks, ShortestRest.Ticks << (failures - 1)));
        await Task.Delay(rest, _services.Time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<OfferAnswer?> AskAsync(List<QueuedOffer> batch, int slot)
    {
        Volatile.Write(ref _begun[slot], _services.Time.GetTimestamp());
        _services.Counters.BatchBegins();
        try
        {
            if (_services.Peers.Of(_destination) is not { } peer)
                return null;
            var offer = new BlockOffer(batch[0].Reason, _services.Map.Life, [.. batch.Select(one => one.Block)]);
            return await peer.OfferAsync(offer).AsTask().WaitAsync(_stopped.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            LogUnanswered(_services.Logger, _destination, batch.Count, error);
            return null;
        }
        finally
        {
            _services.Counters.BatchEnds();
            Volatile.Write(ref _begun[slot], 0);
        }
    }

    /// <summary>One that got no answer is offered as long as the silo is in the map; one that was refused a few times, unless it is <see cref="IsOwed"/>.</summary>
    private void Settle(QueuedOffer offer, OfferAnswer? answer, ulong bit)
    {
        var block = offer.Block;
        if (answer is { } given && (given.Held & bit) != 0)
        {
            _services.Holders.Add(block.Key, block.Version, _destination);
            _services.Counters.OfferHeld(block.Length, offer.Lane != OfferLane.Urgent);
            Queue.Answer(offer, OfferOutcome.Held);
        }
        else if (answer is { } known && (known.Known & bit) != 0)
        {
            // The owner has another content: this one is offered to it no more.
            if (offer.Lane == OfferLane.Handoff)
                _services.Holders.Add(block.Key, block.Version, _destination);
            // One without room to spare is not asked again, but another silo may be.
            Queue.Answer(offer, offer.Reason == OfferReason.Spare ? OfferOutcome.Refused : OfferOutcome.Known);
        }
        else if (offer.IsOnce || (answer is not null && ++offer.Refusals >= MostRefusals && !IsOwed(offer)))
        {
            _services.Counters.OfferRefused();
            Queue.Answer(offer, OfferOutcome.Refused);
        }
        else
        {
            Queue.Return(offer);
        }
    }

    /// <summary>
    /// Whether it is what the owner waits for: it would call the block absent when it is told that all was offered. One that is not here any more is nobody's to wait for.
    /// </summary>
    private bool IsOwed(QueuedOffer offer) =>
        offer.Reason == OfferReason.Handoff && _services.Store.TryGetInfo(offer.Block.Key.Span, out var info) && info.Version == offer.Block.Version;
}
