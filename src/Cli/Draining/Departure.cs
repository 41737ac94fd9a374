using KvOrleans.Client;
using KvOrleans.Client.Draining;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Draining;

/// <summary>Tells a silo to drain and follows it until it has left the map, or the time is over.</summary>
internal sealed class Departure(IPrefixCache client, SiloDescriptor silo, bool isLast, TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestCall = TimeSpan.FromMilliseconds(1);

    private readonly long _began = time.GetTimestamp();

    private TimeSpan Left => timeout - time.GetElapsedTime(_began);

    /// <summary>Does it.</summary>
    /// <param name="told">Told how far the drain is, about once a second.</param>
    /// <param name="cancellationToken">Ends the following, not the drain.</param>
    /// <exception cref="CacheException">The silo could not be told.</exception>
    public async Task<DepartureReport> FollowAsync(Action<SiloReport> told, CancellationToken cancellationToken)
    {
        var draining = DrainAsync(cancellationToken);
        while (!draining.IsCompleted)
        {
            await Task.WhenAny(draining, Task.Delay(Look, time, cancellationToken));
            if (!draining.IsCompleted && await ReportAsync(cancellationToken) is { } report)
                told(report);
        }

        var drain = await draining;
        var hasLeft = await HasLeftAsync(cancellationToken);
        while (!hasLeft && Left > TimeSpan.Zero)
        {
            await Task.Delay(Look / 4, time, cancellationToken);
            hasLeft = await HasLeftAsync(cancellationToken);
        }

        return new(drain, hasLeft, isLast, time.GetElapsedTime(_began));
    }

    /// <summary>A drain may take longer than one call; to ask again changes nothing.</summary>
    private async Task<SiloDrain> DrainAsync(CancellationToken cancellationToken)
    {
        var drain = await client.DrainSiloAsync(silo.Life, wait: true, Left, cancellationToken);
        while (drain.Outcome == SiloDrainOutcome.Begun && Left > ShortestCall && !await HasLeftAsync(cancellationToken))
        {
            // To look whether it has left takes its time.
            var left = Left;
            if (left <= ShortestCall)
                return drain;
            try
            {
                drain = await client.DrainSiloAsync(silo.Life, wait: true, left, cancellationToken);
            }
            catch (CacheException)
            {
                // It was told, and is gone or about to be: what became of the drain nobody knows.
                return drain;
            }
        }

        return drain;
    }

    private async Task<SiloReport?> ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetStatusAsync(Answer, cancellationToken)).FirstOrDefault(report => IsThat(report.Silo) && report.Reached);
        }
        catch (CacheException)
        {
            return null;
        }
    }

    private async Task<bool> HasLeftAsync(CancellationToken cancellationToken)
    {
        try
        {
            return !(await client.GetMapAsync(Answer, cancellationToken)).Silos.Any(IsThat);
        }
        catch (CacheException)
        {
            return await IsGoneByOthersAsync(cancellationToken);
        }
    }

    /// <summary>Nobody hands out the map: the gateway that was named was its own perhaps. The others still tell how many they are.</summary>
    private async Task<bool> IsGoneByOthersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reports = await client.GetStatusAsync(Answer, cancellationToken);
            if (reports.Any(report => IsThat(report.Silo) && report.Reached))
                return false;
            var others = reports.Where(report => !IsThat(report.Silo)).ToList();
            return isLast || (others.Any(report => report.Reached) && others.Where(report => report.Reached).All(report => report.Number("silos") <= others.Count));
        }
        catch (CacheException)
        {
            return isLast;
        }
    }

    private bool IsThat(SiloDescriptor one) => one.Life == silo.Life;
}
