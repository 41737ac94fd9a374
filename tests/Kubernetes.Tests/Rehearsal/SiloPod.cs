using System.Diagnostics;
using System.Net;
using k8s.Models;
using KvOrleans.Kubernetes.Tests.Overlays;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>A silo's pod and what kubelet does for it: starts it, asks its probes, and ends it.</summary>
internal sealed class SiloPod : IAsyncDisposable
{
    private readonly Overlay _overlay;
    private readonly ReadyPods _service;
    private readonly PodProcess _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private readonly CancellationTokenSource _deleted = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _kubelet;
    private readonly Lock _lock = new();
    private int _timesUnready;

    public SiloPod(Overlay overlay, OneMachine machine, ReadyPods service, int ordinal)
    {
        _overlay = overlay;
        _service = service;
        Name = $"{overlay.Silos.Metadata.Name}-{ordinal}";
        Address = machine.NextAddress();
        _process = PodProcess.Start("dotnet-sdk-10.0", machine.Command(), machine.Environment(ordinal, Address), OneMachine.Folder);
        _kubelet = Task.Run(WatchAsync);
    }

    public string Name { get; }

    public IPAddress Address { get; }

    /// <summary>Completes when it is ready for the first time, and fails when its probes or it do.</summary>
    public Task Ready => _ready.Task;

    /// <summary>How often it was not ready any more though nobody had deleted it.</summary>
    public int TimesUnready => _timesUnready;

    /// <summary>As the controller deletes a pod: it leaves the services, gets SIGTERM, and has the grace period to end well.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> DeleteAsync()
    {
        Assert.False(_process.HasEnded, $"{Name} ended by itself:\n{_process.Written}");
        var began = Stopwatch.GetTimestamp();
        await _deleted.CancelAsync();
        lock (_lock)
            _service.Set(Address, false);
        _process.SendTerminate();
        var grace = TimeSpan.FromSeconds(_overlay.Pod.TerminationGracePeriodSeconds ?? 30);
        await _process.Ended.WaitAsync(grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.True(_process.HasEnded, $"{Name} has not ended within {grace}:\n{_process.Written}");
        Assert.True(_process.ExitCode == 0, $"{Name} ended with {_process.ExitCode}:\n{_process.Written}");
        await _gone.CancelAsync();
        await _kubelet;
        return Stopwatch.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _process.DisposeAsync();
        await _kubelet.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _deleted.Dispose();
        _gone.Dispose();
    }

    /// <summary>Fails with what kubelet would end the container for.</summary>
    public async Task IsWellAsync()
    {
        if (_kubelet.IsFaulted)
            await _kubelet;
        Assert.True(_deleted.IsCancellationRequested || !_process.HasEnded, $"{Name} ended by itself:\n{_process.Written}");
    }

    private async Task WatchAsync()
    {
        try
        {
            await StartedAsync();
            using var alive = CancellationTokenSource.CreateLinkedTokenSource(_deleted.Token, _gone.Token);
            await Task.WhenAll(AliveAsync(alive.Token), FollowReadinessAsync());
        }
        catch (Exception error)
        {
            _ready.TrySetException(error);
            throw;
        }
    }

    private async Task StartedAsync()
    {
        var probe = _overlay.Container.StartupProbe;
        using var timer = Timer(probe);
        for (var failures = 0; await TickAsync(timer, _gone.Token);)
        {
            Assert.False(_process.HasEnded, $"{Name} ended before it was started:\n{_process.Written}");
            if (await IsGreenAsync(probe))
                return;
            Assert.True(++failures < probe.FailureThreshold, $"{Name} did not start:\n{_process.Written}");
        }
    }

    /// <summary>Until it is deleted: kubelet does not ask a pod that is ending.</summary>
    private async Task AliveAsync(CancellationToken until)
    {
        var probe = _overlay.Container.LivenessProbe;
        using var timer = Timer(probe);
        for (var failures = 0; await TickAsync(timer, until);)
        {
            failures = await IsGreenAsync(probe) || until.IsCancellationRequested ? 0 : failures + 1;
            Assert.True(failures < probe.FailureThreshold, $"{Name} is not alive: {failures} probes failed. It wrote:\n{_process.Written}");
        }
    }

    private async Task FollowReadinessAsync()
    {
        var probe = _overlay.Container.ReadinessProbe;
        using var timer = Timer(probe);
        for (var failures = 0; await TickAsync(timer, _gone.Token);)
        {
            failures = await IsGreenAsync(probe) ? 0 : failures + 1;
            if (Follow(failures, probe.FailureThreshold ?? 3))
                _ready.TrySetResult();
        }
    }

    /// <summary>What the services hear of it, up to its deletion.</summary>
    /// <returns>Whether it is ready.</returns>
    private bool Follow(int failures, int threshold)
    {
        lock (_lock)
        {
            if (_deleted.IsCancellationRequested)
                return false;
            if (failures == 0)
            {
                _service.Set(Address, true);
            }
            else if (failures == threshold && _service.Has(Address))
            {
                _service.Set(Address, false);
                _timesUnready++;
            }

            return failures == 0;
        }
    }

    private async Task<bool> IsGreenAsync(V1Probe probe)
    {
        var port = _overlay.Container.Ports.Single(port => port.Name == probe.HttpGet.Port.Value).ContainerPort;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1));
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://{Address}:{port}{probe.HttpGet.Path}"), patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static PeriodicTimer Timer(V1Probe probe) => new(OneMachine.Paced(probe.PeriodSeconds ?? 10));

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken until)
    {
        try
        {
            return await timer.WaitForNextTickAsync(until);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
