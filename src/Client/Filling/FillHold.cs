using KvOrleans.Client.Deadlines;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>The fill leases of the blocks that this node computes, as many of them as it got, renewed until it ends.</summary>
internal sealed class FillHold
{
    // A lease is renewed twice before it would end.
    private const int RenewalsInLease = 3;

    private readonly CancellationTokenSource _ending = new();
    private readonly FillDesk _desk;
    private readonly ReadOnlyMemory<BlockKey> _keys;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly Task _renewing;

    /// <summary>Takes the leases of <paramref name="keys"/> for <paramref name="lease"/> at a time, without waiting for the answers.</summary>
    public FillHold(FillDesk desk, ReadOnlyMemory<BlockKey> keys, TimeSpan lease, TimeProvider time)
    {
        _desk = desk;
        _keys = keys;
        _lease = lease;
        _time = time;
        _renewing = RenewAsync();
    }

    /// <summary>Ends renewing. The leases last until they are given up, or end with their time.</summary>
    public async ValueTask EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RenewAsync()
    {
        var period = _lease / RenewalsInLease;
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            do
            {
                using var deadline = CallDeadline.Start(period, _ending.Token);
                await _desk.TakeAsync(_keys, _lease, deadline).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }
}
