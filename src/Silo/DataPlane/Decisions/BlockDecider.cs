using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Blocks;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace KvOrleans.Silo.DataPlane.Decisions;

/// <summary>Asks blocks' grains to decide, a bounded number at once. Whatever goes wrong is an answer, never a leak: "busy" when nothing has changed and nothing will, else "unknown".</summary>
internal sealed partial class BlockDecider : IDisposable
{
    // A grain that has decided needs a moment to fall asleep: half of the bound in flight leaves the other half for those.
    private const int AwakePerDecision = 2;

    // A call that meets its grain falling asleep is forwarded, and after a few such meetings rejected without having run. Writers that
    // share a key see one rejection in ten calls; this many in a row mean something that takes a moment, such as a silo that leaves.
    private const int QuickRejections = 32;

    private static readonly TimeSpan RejectionPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWithQuickOnes = 3 * LongestWait;
    private static readonly BlockDecision Busy = new(DecisionOutcome.Busy, default);
    private static readonly BlockDecision Unknown = new(DecisionOutcome.Unknown, default);

    private readonly BlockGrainReferences _grains;
    private readonly AwakeGrains _awake;
    private readonly SemaphoreSlim _slots;
    private readonly DecisionMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<BlockDecider> _logger;

    public BlockDecider(BlockGrainReferences grains, AwakeGrains awake, DecisionMetrics metrics, TimeProvider time, ILogger<BlockDecider> logger)
    {
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _grains = grains;
        _awake = awake;
        _slots = new(awake.Bound / AwakePerDecision);
    }

    /// <summary>Decides a write of bytes that are staged here.</summary>
    public ValueTask<BlockDecision> CommitAsync(CommitRequest request) =>
        DecideAsync(request.Key, static (grain, request) => grain.CommitAsync(request), request);

    /// <summary>Decides a delete.</summary>
    public ValueTask<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition) =>
        DecideAsync(key, static (grain, ask) => grain.DeleteAsync(ask.key, ask.condition), (key, condition));

    /// <summary>Decides a change of the time to live.</summary>
    public ValueTask<BlockDecision> ExpireAsync(BlockKey key, TimeSpan? timeToLive) =>
        DecideAsync(key, static (grain, ask) => grain.ExpireAsync(ask.key, ask.timeToLive), (key, timeToLive));

    public void Dispose() => _slots.Dispose();

    [LoggerMessage(LogLevel.Warning, "A block's grain did not answer; whether it decides is not known.")]
    private partial void LogUndecided(Exception error);

    private async ValueTask<BlockDecision> DecideAsync<TAsk>(BlockKey key, Func<IPrefixBlockGrain, TAsk, ValueTask<BlockDecision>> decide, TAsk ask)
    {
        var began = _metrics.Began();
        if (!await _slots.WaitAsync(LongestWait).ConfigureAwait(false))
            return Busy;
        try
        {
            return await AskAsync(KeyId.Of(key.Span), decide, ask).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TooManyAwakeException or OrleansMessageRejectionException and not SiloUnavailableException)
        {
            return Busy;
        }
        catch (Exception error)
        {
            // The call may be on its way, or waiting for its turn.
            LogUndecided(error);
            return Unknown;
        }
        finally
        {
            _slots.Release();
            _metrics.Ended(began);
        }
    }

    private async ValueTask<BlockDecision> AskAsync<TAsk>(KeyId id, Func<IPrefixBlockGrain, TAsk, ValueTask<BlockDecision>> decide, TAsk ask)
    {
        var began = _time.GetTimestamp();
        for (var rejections = 0; ;)
        {
            if (!await HasRoomAsync(began).ConfigureAwait(false))
                return Busy;
            var thread = Environment.CurrentManagedThreadId;
            try
            {
                return await decide(_grains.Get(id), ask).ConfigureAwait(false);
            }
            catch (OrleansMessageRejectionException error) when (error is not SiloUnavailableException && (Left(began) > TimeSpan.Zero || (rejections < QuickRejections && _time.GetElapsedTime(began) < LongestWithQuickOnes)))
            {
                // It was not run: ask again. The quick ones take no time; where there is none left, the call waited for its turn, and may be the next.
                if (++rejections > QuickRejections)
                    await Task.Delay(RejectionPause, _time).ConfigureAwait(false);
            }
            catch (TooManyAwakeException) when (Left(began) > TimeSpan.Zero)
            {
                // Somebody else took the room: wait for more.
            }
            finally
            {
                TakeBackCompletion(thread);
            }
        }
    }

    /// <summary>
    /// Orleans takes what completes a call from a pool of the calling thread, and gives it to the pool of the thread that hears the answer, without a bound. Calls that are made by
    /// threads that receive and answered on others would leave 100 bytes each behind: what such a thread was given is taken out again.
    /// </summary>
    private static void TakeBackCompletion(int calledOn)
    {
        if (Environment.CurrentManagedThreadId != calledOn)
            _ = ResponseCompletionSourcePool.Get<BlockDecision>();
    }

    private async ValueTask<bool> HasRoomAsync(long began)
    {
        var room = _awake.WaitForRoomAsync();
        if (room.IsCompleted)
            return true;
        try
        {
            await room.WaitAsync(Left(began), _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private TimeSpan Left(long began) =>
        LongestWait - _time.GetElapsedTime(began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
