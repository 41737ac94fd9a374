using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using KvOrleans.Grains.Peers;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Heat;

/// <summary>Asks silos to pull extra copies. Thread-safe.</summary>
internal sealed partial class HotCopier(ISiloPeers peers, HeatCounters counters, TimeProvider time, ILogger<HotCopier> logger)
{
    private static readonly TimeSpan LongestCopy = TimeSpan.FromSeconds(20);

    private int _underWay;

    /// <summary>How many are being made.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Has a copy made.</summary>
    /// <param name="offer">Of what.</param>
    /// <param name="by">By whom.</param>
    /// <param name="answered">Is told, on another thread, how that silo holds it now.</param>
    public void Make(HotOffer offer, SiloLife by, Action<HotAnswer> answered)
    {
        Interlocked.Increment(ref _underWay);
        _ = Task.Run(async () =>
        {
            var answer = await AskAsync(offer, by).ConfigureAwait(false);
            Interlocked.Decrement(ref _underWay);
            if (answer != HotAnswer.Ordinary)
                counters.Made(answer == HotAnswer.Extra, offer.Block.Length);
            answered(answer);
        });
    }

    private async Task<HotAnswer> AskAsync(HotOffer offer, SiloLife by)
    {
        try
        {
            return peers.Of(by) is { } peer ? await peer.TakeHotAsync(offer).AsTask().WaitAsync(LongestCopy, time).ConfigureAwait(false) : HotAnswer.Refused;
        }
        catch (Exception error)
        {
            LogNotMade(logger, by, error);
            return HotAnswer.Refused;
        }
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} does not answer the offer of a hot block; another is asked.")]
    private static partial void LogNotMade(ILogger logger, SiloLife silo, Exception error);
}
