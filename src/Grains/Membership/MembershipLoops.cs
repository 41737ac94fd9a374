using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Registers;
using KvOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>Runs what reads the membership table and what settles maps, from before the silo becomes active until it begins to stop.</summary>
internal sealed partial class MembershipLoops(IServiceProvider services, ClusterView view, ILogger<MembershipLoops> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LongestWaitForOwnRow = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(MembershipLoops), ServiceLifecycleStage.ApplicationServices, Start, static _ => Task.CompletedTask);
        lifecycle.Subscribe(nameof(MembershipLoops), ServiceLifecycleStage.Active, WaitForOwnRowAsync, StopAsync);
    }

    public void Dispose() => _stopping.Dispose();

    private Task Start(CancellationToken cancellationToken)
    {
        var guard = services.GetRequiredService<RegisterGuard>();
        var life = services.GetRequiredService<LifeEnd>();
        var time = services.GetRequiredService<TimeProvider>();
        var table = services.GetRequiredService<ITableSource>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var installer = new MapInstaller(
            view, guard, services.GetRequiredService<BlockStore>(), life, services.GetRequiredService<ILocalSiloDetails>(), services.GetServices<IMapFollower>(),
            table.IsNew, loggers.CreateLogger<MapInstaller>());
        var reader = new TableReader(table, view, installer, life, services.GetRequiredService<FenceClock>(), time, loggers.CreateLogger<TableReader>());
        var settler = new MapSettler(guard, services.GetRequiredService<ISiloPeers>(), view, life, time);
        var stopping = _stopping.Token;
        _running = Task.WhenAll(
            Task.Run(() => reader.RunAsync(stopping), CancellationToken.None),
            Task.Run(() => settler.RunAsync(stopping), CancellationToken.None),
            Task.Run(() => FollowHintsAsync(stopping), CancellationToken.None),
            EndRegistersAsync(life, installer, stopping));
        return Task.CompletedTask;
    }

    /// <summary>Who looks at the silo once it is started finds it in its own map.</summary>
    private async Task WaitForOwnRowAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestWaitForOwnRow);
        try
        {
            view.RefreshSoon();
            for (var map = view.Current; map.IndexOf(view.Life) < 0;)
                map = await view.WaitForChangeAsync(map.Position, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogNotInMap(LongestWaitForOwnRow);
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(TimeSpan.FromSeconds(2), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What Orleans learns by gossip or by its own reads is a reason to read at once.</summary>
    private async Task FollowHintsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var membership = services.GetRequiredService<IClusterMembershipService>();
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(cancellationToken).ConfigureAwait(false))
                view.RefreshSoon();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    /// <summary>Whoever found that the life is over, its registers go.</summary>
    private static async Task EndRegistersAsync(LifeEnd life, MapInstaller installer, CancellationToken cancellationToken)
    {
        var over = Task.WhenAny(life.Over, Task.Delay(Timeout.Infinite, cancellationToken));
        await over.ConfigureAwait(false);
        if (life.IsOver)
            installer.DropAll();
    }

    [LoggerMessage(LogLevel.Warning, "This silo is active and not in its own map after {Wait}.")]
    private partial void LogNotInMap(TimeSpan wait);
}
