using System.Diagnostics;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Probes;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>The silos' StatefulSet and what its controller does: pods by ordinal, all that are missing started at once, rolled from the highest down.</summary>
internal sealed class SiloSet(Overlay overlay, OneMachine machine, ReadyPods service) : IAsyncDisposable
{
    private readonly SortedDictionary<int, SiloPod> _pods = [];
    private readonly List<TimeSpan> _stops = [];
    private int _timesUnready;

    /// <summary>The manifest's number of silos.</summary>
    public int Replicas => overlay.Silos.Spec.Replicas!.Value;

    /// <summary>How long each stop took.</summary>
    public IReadOnlyList<TimeSpan> Stops => _stops;

    /// <summary>How often a pod was not ready any more though nobody had deleted it.</summary>
    public int TimesUnready => _timesUnready + _pods.Values.Sum(pod => pod.TimesUnready);

    /// <summary>Starts those that are missing up to so many, all at once, and waits until all are available.</summary>
    public async Task ScaleUpAsync(int replicas)
    {
        Assert.Equal("Parallel", overlay.Silos.Spec.PodManagementPolicy);
        for (var ordinal = 0; ordinal < replicas; ordinal++)
        {
            if (!_pods.ContainsKey(ordinal))
                _pods[ordinal] = new(overlay, machine, service, ordinal);
        }

        foreach (var pod in _pods.Values)
            await pod.Ready.WaitAsync(Eventually.Deadline);
        await AvailableAsync();
    }

    /// <summary>Ends the one with the highest ordinal.</summary>
    public Task ScaleDownByOneAsync() => DeleteAsync(_pods.Keys.Last());

    /// <summary>Replaces each, the highest ordinal first, the next when it is available.</summary>
    public async Task RollAsync()
    {
        Assert.Equal("RollingUpdate", overlay.Silos.Spec.UpdateStrategy.Type);
        foreach (var ordinal in _pods.Keys.Reverse().ToArray())
        {
            await DeleteAsync(ordinal);
            _pods[ordinal] = new(overlay, machine, service, ordinal);
            await _pods[ordinal].Ready.WaitAsync(Eventually.Deadline);
            await AvailableAsync();
        }
    }

    /// <summary>Fails with what kubelet would end a container for.</summary>
    public async Task IsWellAsync()
    {
        foreach (var pod in _pods.Values)
            await pod.IsWellAsync();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_pods.Values.Select(pod => pod.DisposeAsync().AsTask()));

    private async Task DeleteAsync(int ordinal)
    {
        var pod = _pods[ordinal];
        _stops.Add(await pod.DeleteAsync());
        _timesUnready += pod.TimesUnready;
        _pods.Remove(ordinal);
        await pod.DisposeAsync();
    }

    /// <summary>All are ready, and have been for as long as the manifest asks.</summary>
    private async Task AvailableAsync()
    {
        var least = OneMachine.Paced(overlay.Silos.Spec.MinReadySeconds ?? 0);
        var since = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(
            async () =>
            {
                await IsWellAsync();
                if (!_pods.Values.All(pod => service.Has(pod.Address)))
                    since = Stopwatch.GetTimestamp();
                return Stopwatch.GetElapsedTime(since) >= least;
            },
            $"{_pods.Count} silos are available");
    }
}
