using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Membership;

/// <summary>Reads the membership table each second and whenever something hints at a change; never again while a read is under way.</summary>
internal sealed partial class TableReader(
    ITableSource table, ClusterView view, MapInstaller installer, LifeEnd life, FenceClock clock, TimeProvider time, ILogger<TableReader> logger)
{
    /// <summary>The time between two reads without hints.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A read that takes longer has failed.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private bool _failedBefore;

    /// <summary>Reads until it is told to stop or the life is over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            var hint = view.HintAsync(cancellationToken);
            while (!life.IsOver)
            {
                await ReadAsync(cancellationToken).ConfigureAwait(false);
                await (await Task.WhenAny(tick, hint).ConfigureAwait(false)).ConfigureAwait(false);
                if (tick.IsCompleted)
                    tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                if (hint.IsCompleted)
                    hint = view.HintAsync(cancellationToken);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException && cancellationToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Reads once and takes in what was found.</summary>
    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        var sent = clock.GetTimestamp();
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            var reading = await table.ReadAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            installer.Install(reading, sent, clock.GetTimestamp());
            _failedBefore = false;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            installer.Failed(sent);
            if (!_failedBefore)
                LogNotRead(error);
            _failedBefore = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The membership table cannot be read; it is tried again each second. Registers are not served when that lasts.")]
    private partial void LogNotRead(Exception error);
}
