using System.Runtime.InteropServices;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.Health;
using KvOrleans.Silo.Membership;
using KvOrleans.Storage;
using KvOrleans.Storage.Volumes;

namespace KvOrleans.Silo;

/// <summary>Runs one life of the silo after another over one store: when the cluster has given a life up, the process goes on with its blocks in a new one.</summary>
internal sealed class SiloLives(string[] args, KvOrleansOptions options, SiloFrame process) : IDisposable
{
    // A stop that takes longer hangs in something that does not matter any more: what the silo had to hand over it has, or will not.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartAgain = TimeSpan.FromSeconds(1);
    private const int MostStarts = 600;

    private FormerLife? _former;
    private bool _wasStarted;
    private VolumeSet? _volumes;
    private readonly BlockStore _store = SiloHost.CreateStore(options, TimeProvider.System);

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="first">The builder of the first life.</param>
    /// <exception cref="Exception">No life can be started, or one does not end.</exception>
    public async Task RunAsync(WebApplicationBuilder first)
    {
        // Between two lives nobody else listens for signals.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
        var host = await BeginAsync(first).ConfigureAwait(false);
        while (await LiveAsync(host).ConfigureAwait(false))
        {
            _store.DropRegisters(static _ => false);
            // A bit stands for a silo as long as a life does.
            _store.ForgetHolders(ulong.MaxValue);
            host = await BeginAsync(SiloHost.CreateBuilder(args)).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _volumes?.Dispose();
        _store.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        process.Stop.Signal();
    }

    private async Task StartAsync(WebApplication host)
    {
        try
        {
            OpenVolumes(host.Logger);
            await host.StartAsync(process.Stop.Token).ConfigureAwait(false);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Before the first life: a silo whose volumes are not its own joins nobody. They stay its own until the process ends.</summary>
    private void OpenVolumes(ILogger logger)
    {
        if (_volumes is not null)
            return;
        _volumes = VolumeSet.Open(options.Disk.Paths, new(options.ClusterId, options.ServiceId, options.SiloName), TimeProvider.System);
        foreach (var volume in _volumes.Volumes)
            SiloLog.VolumeReserved(logger, volume.Path, volume.Identity.CreatedAt);
    }

    /// <returns>Whether another life is to begin.</returns>
    private async Task<bool> LiveAsync(WebApplication host)
    {
        var life = host.Services.GetRequiredService<LifeEnd>();
        var stopping = host.Lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, process.Stop.Token);
        process.Course.Live(host.Services.GetRequiredService<ILifeSigns>());
        try
        {
            await life.Over.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Course.Enter(SiloStage.Stopping);
            await host.StopAsync(CancellationToken.None).WaitAsync(options.Drain.Grace + LongestStop, CancellationToken.None).ConfigureAwait(false);
            await DisposeAsync(host).ConfigureAwait(false);
            return false;
        }

        process.Course.Enter(SiloStage.Ending);
        var reason = await life.Over.ConfigureAwait(false);
        SiloLog.LifeOver(host.Logger, reason);
        process.Events.Add(SiloEventKind.LifeOver, reason);
        NoteFormer(host.Services.GetRequiredService<IClusterMapSource>());
        var isTold = stopping.IsCancellationRequested;
        await EndAsync(host).ConfigureAwait(false);
        return !isTold && !process.Stop.Token.IsCancellationRequested;
    }

    /// <summary>What the next life must know of this one, unless this one never was in the cluster.</summary>
    private void NoteFormer(IClusterMapSource map)
    {
        if (map.FenceAge < TimeSpan.MaxValue)
            _former = new(TimeProvider.System, map.FenceAge, map.Current.Incarnation);
    }

    /// <summary>Ends a life at once: nobody counts on it any more. The data plane closes first.</summary>
    private static async Task EndAsync(WebApplication host)
    {
        await Task.Run(() => host.StopAsync(new CancellationToken(canceled: true))).WaitAsync(LongestEnd).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync(host).ConfigureAwait(false);
    }

    private static async Task DisposeAsync(WebApplication host)
    {
        try
        {
            await Task.Run(async () => await host.DisposeAsync().ConfigureAwait(false)).WaitAsync(LongestEnd).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"A life of the silo is over and has not ended within {LongestEnd.TotalSeconds:0} s; the process ends with it.", error);
        }
    }

    /// <summary>Begins a life, again and again while the membership table cannot be reached, or a volume is not this silo's to use.</summary>
    private async Task<WebApplication> BeginAsync(WebApplicationBuilder builder)
    {
        var reason = "";
        for (var starts = 1; ; starts++)
        {
            process.Course.Enter(SiloStage.Starting, reason);
            var host = SiloHost.Build(builder, options, _store, isFirstLife: !_wasStarted, _former, process);
            var logger = host.Logger;
            try
            {
                await StartAsync(host).ConfigureAwait(false);
                _wasStarted = true;
                return host;
            }
            catch (Exception error) when (process.Stop.Token.IsCancellationRequested)
            {
                throw new OperationCanceledException("The silo was told to stop while a life began.", error);
            }
            catch (Exception error) when (starts < MostStarts && (_wasStarted || error is VolumeException || MembershipSetup.IsAway(error)))
            {
                reason = MembershipSetup.IsAway(error) ? $"{MembershipSetup.TableOf(options)} cannot be used: {MembershipSetup.WhyAway(error)}" : error.Message;
                SiloLog.NotStarted(logger, reason);
                process.Course.Enter(SiloStage.Waiting, reason);
                await Task.Delay(StartAgain, process.Stop.Token).ConfigureAwait(false);
                builder = SiloHost.CreateBuilder(args);
            }
        }
    }
}
