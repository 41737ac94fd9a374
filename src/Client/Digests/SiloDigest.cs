using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.News;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Digests;

/// <summary>One silo's digest, as its news bring it. Others read <see cref="Current"/>.</summary>
/// <remarks>
/// <para>
/// A round of questions brings the digest from one moment to a later one, and only whole rounds count. The rest of a full reply is asked for at once, of any
/// other after the pause between rounds.
/// </para>
/// <para>
/// A connection that breaks costs time, and the digest goes on where it was. A reply that is no digest costs the digest.
/// </para>
/// </remarks>
internal sealed partial class SiloDigest(IPEndPoint endpoint, Digesting digesting, PrefixCacheClientMetrics metrics, ILogger logger) : ISiloNews
{
    private readonly DigestCopy _copy = new(digesting.Budget);
    private DigestQuestion? _question;
    private DigestCheck? _check;

    /// <summary>What is known of the digest; null when it is not whole.</summary>
    public DigestState? Current => _copy.Current;

    /// <inheritdoc/>
    public bool IsWanted => digesting.Budget.IsEnabled;

    /// <summary>The silo has leased a key that its digest had ruled out: what its digest says from now on must have the key.</summary>
    public void Check(UInt128 hash) => Interlocked.CompareExchange(ref _check, new(hash, digesting.Clock.GetTimestamp()), null);

    /// <inheritdoc/>
    public void Connected(SiloConnection connection)
    {
        _copy.Interrupt();
        _question = new(connection);
    }

    /// <inheritdoc/>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        var askedAt = digesting.Clock.GetTimestamp();
        if (await _question!.AskAsync(_copy.Generation, _copy.Since, _copy.First, cancellationToken).ConfigureAwait(false) is not { } page)
            return false;
        metrics.DigestCame(page.Changes.Length);
        if (!_copy.Take(page, askedAt))
            return page.Changes.Length == DigestQuestion.MostChanges * DigestBits.BytesPerChange;
        Look();
        return false;
    }

    /// <inheritdoc/>
    public void Failed(string reason, bool isReported)
    {
        _copy.Drop();
        if (!isReported)
            LogBad(logger, endpoint, reason);
    }

    /// <inheritdoc/>
    public void Paused()
    {
        // What is not fresh says nothing, and is brought up to date when it is needed again.
    }

    /// <inheritdoc/>
    public void Drop() => _copy.Drop();

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

    [LoggerMessage(3, LogLevel.Error, "The digest of the silo at {Endpoint} does not have a block that the silo has: matches may be shorter than they could be.")]
    private static partial void LogWrong(ILogger logger, IPEndPoint endpoint);
}
