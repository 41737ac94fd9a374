using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Digests;

/// <summary>Keeps up with one silo's digest while matches go on, over a connection of its own. Thread-safe.</summary>
/// <remarks>
/// <para>
/// A round of questions brings the digest from one moment to a later one, and only whole rounds count. The rest of a full reply is asked for at once, of any
/// other after the pause between rounds: no silo can keep a client busy.
/// </para>
/// <para>
/// A connection that breaks costs time, and the digest goes on where it was. A reply that is no digest costs the digest.
/// </para>
/// </remarks>
internal sealed partial class SiloDigest(
    IPEndPoint endpoint, SiloDialer dialer, Digesting digesting, PrefixCacheClientMetrics metrics, ILogger logger) : IDisposable
{
    /// <summary>The pause between rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a reply may take.</summary>
    public static readonly TimeSpan LongestReply = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closing = new();
    private readonly DigestCopy _copy = new(digesting.Budget);
    private DigestCheck? _check;
    private TimeSpan _pause = Interval;
    private int _isBegun;
    private bool _isReported;

    /// <summary>What is known of the digest; null when it is not whole.</summary>
    public DigestState? Current => _copy.Current;

    /// <summary>Keeps up with it from the first match on.</summary>
    public void Begin()
    {
        if (digesting.Budget.IsEnabled && Interlocked.Exchange(ref _isBegun, 1) == 0)
            _ = Task.Run(RunAsync);
    }

    /// <summary>The silo has leased a key that its digest had ruled out: what its digest says from now on must have the key.</summary>
    public void Check(UInt128 hash) => Interlocked.CompareExchange(ref _check, new(hash, digesting.Clock.GetTimestamp()), null);

    /// <inheritdoc/>
    public void Dispose() => _closing.Cancel();

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await digesting.Activity.WaitAsync(_closing.Token).ConfigureAwait(false);
                await KeepUpAsync().ConfigureAwait(false);
                continue;
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is DigestException or Wire.RespProtocolException)
            {
                _copy.Drop();
                if (!_isReported)
                    LogBad(logger, endpoint, error.Message);
                _isReported = true;
            }
            catch (Exception error)
            {
                LogBroken(logger, endpoint, error.Message);
            }

            await Task.Delay(_pause, digesting.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        _copy.Drop();
    }

    /// <summary>Asks over one connection, until no match needs it any more.</summary>
    private async Task KeepUpAsync()
    {
        using var connection = await dialer.DialAsync(endpoint, _closing.Token).ConfigureAwait(false);
        metrics.ConnectionOpened();
        try
        {
            _copy.Interrupt();
            var question = new DigestQuestion(connection);
            while (!digesting.Activity.IsIdle)
            {
                var began = digesting.Time.GetTimestamp();
                var mayGoOn = await AskAsync(question).ConfigureAwait(false);
                if (!mayGoOn && Interval - digesting.Time.GetElapsedTime(began) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, digesting.Time, _closing.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }

    /// <summary>Asks once. True when the rest of a full reply is to be asked for at once.</summary>
    private async Task<bool> AskAsync(DigestQuestion question)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        limit.CancelAfter(LongestReply);
        var askedAt = digesting.Clock.GetTimestamp();
        if (await question.AskAsync(_copy.Generation, _copy.Since, _copy.First, limit.Token).ConfigureAwait(false) is not { } page)
            return false;
        metrics.DigestCame(page.Changes.Length);
        if (!_copy.Take(page, askedAt))
            return page.Changes.Length == DigestQuestion.MostChanges * DigestBits.BytesPerChange;
        (_pause, _isReported) = (Interval, false);
        Look();
        return false;
    }

    /// <summary>Looks whether a key that was there before this round was asked for is in the digest, as it must.</summary>
    private void Look()
    {
        if (Volatile.Read(ref _check) is not { } check || _copy.Current is not { } state || state.AskedAt <= check.FoundAt)
            return;
        Volatile.Write(ref _check, null);
        if (state.Bits.MayHave(check.Hash))
            return;
        metrics.DigestWrong();
        LogWrong(logger, endpoint);
    }

    [LoggerMessage(1, LogLevel.Warning, "The digest of the silo at {Endpoint} cannot be used: {Reason}. All its keys are asked for until it can.")]
    private static partial void LogBad(ILogger logger, IPEndPoint endpoint, string reason);

    [LoggerMessage(2, LogLevel.Debug, "The digest of the silo at {Endpoint} could not be had: {Reason}")]
    private static partial void LogBroken(ILogger logger, IPEndPoint endpoint, string reason);

    [LoggerMessage(3, LogLevel.Error, "The digest of the silo at {Endpoint} does not have a block that the silo has: matches may be shorter than they could be.")]
    private static partial void LogWrong(ILogger logger, IPEndPoint endpoint);
}
