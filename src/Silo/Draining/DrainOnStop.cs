using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;

namespace KvOrleans.Silo.Draining;

/// <summary>When the silo is told to stop, gives its blocks away first, while everything is still served; a second signal ends that.</summary>
internal sealed class DrainOnStop(IDrainer drainer, DrainControl control, IClusterMapSource map, LifeEnd life, TimeSpan grace) : IHostedLifecycleService
{
    /// <summary>A table that was not read for this long is not waited for.</summary>
    private static readonly TimeSpan LongestWithoutTable = TimeSpan.FromSeconds(5);

    /// <summary>Comes before anything of the host stops.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            control.End();
        }

        // Orleans would try for a minute to write that it leaves. The others find out by themselves.
        if (map.FenceAge > LongestWithoutTable)
            life.Declare("it was told to stop while the membership table cannot be read");
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        // A life that is over has nothing to give: nobody counts on it.
        if (grace <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
            return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, control.Pressed);
        enough.CancelAfter(grace);
        await drainer.DrainAsync(enough.Token).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
