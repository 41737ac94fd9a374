using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Storage.Staging;

namespace KvOrleans.Silo.DataPlane.Sessions;

internal sealed partial class Session
{
    private const int LineEnd = 2;

    /// <summary>There was no room for what came.</summary>
    public ValueTask OutOfSpaceAsync()
    {
        Services.Counters.Decided(DecisionOutcome.OutOfSpace);
        return RefuseAsync(CommandErrors.OutOfSpace);
    }

    private async ValueTask<bool> ReceiveValueAsync(CancellationToken stopping)
    {
        var length = _reader.ValueLength;
        _input.Consume(_reader.Consumed);
        if (length >= WorkAtOnce)
            await SpendAsync(length).ConfigureAwait(false); // making room for it may mean to evict many small ones
        _received = Store.TryStage(length);
        if (_received is null && !_deferred.IsEmpty)
        {
            await _deferred.CompleteAsync(this).ConfigureAwait(false);
            _received = Store.TryStage(length);
        }

        var complete = _received is { } staged
            ? await ReceiveAsync(staged, stopping).ConfigureAwait(false)
            : await DiscardAsync(length, stopping).ConfigureAwait(false);
        _reader.ValueReceived();
        return complete;
    }

    private async ValueTask<bool> ReceiveAsync(StagedBlock staged, CancellationToken stopping)
    {
        var missing = staged.Length + LineEnd;
        _lowWater.Begin(missing - _input.BufferedCount);
        while (!staged.IsComplete)
        {
            _watch.MarkWaiting();
            var room = staged.Remaining;
            var reading = _input.ReadAsync(room[..Math.Min(room.Length, HashedBytes)], stopping);
            var count = await (reading.IsCompleted || IsAnswered ? reading : ReplyDuringAsync(reading)).ConfigureAwait(false);
            if (count == 0)
                return false;
            staged.Advance(count);
            missing -= count;
            _lowWater.Left(missing - _input.BufferedCount);
            await SpendAsync(count).ConfigureAwait(false);
        }

        _lowWater.Left(0);
        return true;
    }

    private async ValueTask<bool> DiscardAsync(int length, CancellationToken stopping)
    {
        while (length > 0)
        {
            if (_input.BufferedCount == 0 && !await FillAsync(stopping).ConfigureAwait(false))
                return false;
            var part = Math.Min(length, _input.BufferedCount);
            _input.Consume(part);
            length -= part;
        }

        return true;
    }
}
