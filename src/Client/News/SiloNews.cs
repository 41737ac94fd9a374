using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.News;

/// <summary>Keeps up with what one silo tells of itself while calls go on, over a connection of its own. Thread-safe.</summary>
/// <remarks>
/// <para>What has more to say than one reply holds is asked on at once, for the time of a round; then the others have their turn: no silo can keep a client busy.</para>
/// <para>A connection that breaks costs time. A reply that is none costs what was known of the one thing, and ends the connection: where the next reply begins is not known.</para>
/// </remarks>
internal sealed partial class SiloNews(
    IPEndPoint endpoint, SiloDialer dialer, ISiloNews[] news, CallActivity activity, TimeProvider time, PrefixCacheClientMetrics metrics, ILogger logger) : IDisposable
{
    /// <summary>The pause between rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a reply may take.</summary>
    public static readonly TimeSpan LongestReply = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause after failures.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closing = new();
    private readonly NewsTurn[] _turns = Array.ConvertAll(news, item => new NewsTurn(item, time));
    private TimeSpan _pause = Interval;
    private int _isBegun;

    /// <summary>Keeps up with them from the first call on.</summary>
    public void Begin()
    {
        if (Array.Exists(news, static item => item.IsWanted) && Interlocked.Exchange(ref _isBegun, 1) == 0)
            _ = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => _closing.Cancel();

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await activity.WaitAsync(_closing.Token).ConfigureAwait(false);
                await KeepUpAsync().ConfigureAwait(false);
                Array.ForEach(news, static item => item.Paused());
                continue;
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                LogBroken(logger, endpoint, error.Message);
            }

            await Task.Delay(_pause, time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        Array.ForEach(news, static item => item.Drop());
    }

    /// <summary>Asks over one connection, until no call needs it any more.</summary>
    private async Task KeepUpAsync()
    {
        using var connection = await dialer.DialAsync(endpoint, _closing.Token).ConfigureAwait(false);
        metrics.ConnectionOpened();
        try
        {
            Array.ForEach(news, item => item.Connected(connection));
            while (!activity.IsIdle)
            {
                var began = time.GetTimestamp();
                var hasMore = false;
                foreach (var turn in _turns)
                    hasMore |= await AskAsync(turn, began).ConfigureAwait(false);
                if (!hasMore && Interval - time.GetElapsedTime(began) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, time, _closing.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }

    /// <summary>Asks until all is said or a round's time is over. True when there is more.</summary>
    private async Task<bool> AskAsync(NewsTurn turn, long began)
    {
        if (!turn.IsDue)
            return false;
        try
        {
            var hasMore = true;
            for (var first = true; hasMore && (first || time.GetElapsedTime(began) < Interval); first = false)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
                limit.CancelAfter(LongestReply);
                hasMore = await turn.News.AskAsync(limit.Token).ConfigureAwait(false);
            }

            turn.Succeeded();
            _pause = Interval;
            return hasMore;
        }
        catch (Exception error) when (error is NewsException or Wire.RespProtocolException)
        {
            turn.Failed(error.Message);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "What the silo at {Endpoint} tells of itself could not be had: {Reason}")]
    private static partial void LogBroken(ILogger logger, IPEndPoint endpoint, string reason);
}
