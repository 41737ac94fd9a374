using System.Collections.Frozen;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Registers;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>Holds the current map and the fence. One installs, all read.</summary>
internal sealed class ClusterView(ILocalSiloDetails self, FenceClock time) : IClusterMapSource, IDisposable
{
    private static readonly ClusterMap Nothing = new(long.MinValue, []);

    /// <summary>Whoever reads longer stood still.</summary>
    private static readonly TimeSpan LongestRead = 2 * TableReader.Patience;

    private readonly SemaphoreSlim _hint = new(0, 1);
    private volatile View _view = new(Nothing, FrozenDictionary<SiloLife, SiloAddress>.Empty);
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClusterMap _installed = Nothing;
    private long _fence = long.MinValue;
    private long _cutOff = long.MinValue;

    public ClusterMap Current => _view.Map;

    public SiloLife Life { get; } = SiloLife.Of(self.SiloAddress);

    public bool IsCutOff => Volatile.Read(ref _cutOff) is var sent && sent != long.MinValue && time.GetElapsedTime(sent) < RegisterGuard.Fence;

    public TimeSpan FenceAge => Volatile.Read(ref _fence) is var sent && sent == long.MinValue ? TimeSpan.MaxValue : time.GetElapsedTime(sent);

    public SiloAddress? AddressOf(SiloLife life) => _view.Addresses.GetValueOrDefault(life);

    public async Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the map is looked at, so that no change is missed.
            var changed = _changed.Task;
            if (_installed is var installed && installed.Position != known && installed.Silos.Length > 0)
                return installed;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void RefreshSoon()
    {
        try
        {
            if (_hint.CurrentCount == 0)
                _hint.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else asked in the same moment, or the silo stops.
        }
    }

    public MapPosition Confirm(MapPosition asked)
    {
        var installed = _installed.Position;
        if (!asked.HasRowsOf(installed) && (asked.Incarnation != installed.Incarnation || asked.Id >= installed.Id))
            RefreshSoon();
        return installed;
    }

    /// <summary>The last map whose installation is complete.</summary>
    internal ClusterMap Installed => _installed;

    /// <summary>Waits until somebody asks for a read.</summary>
    internal Task HintAsync(CancellationToken cancellationToken) => _hint.WaitAsync(cancellationToken);

    /// <summary>From now on this is the current map.</summary>
    internal void Publish(ClusterMap map, IReadOnlyDictionary<SiloLife, SiloAddress> addresses) => _view = new(map, addresses.ToFrozenDictionary());

    /// <summary>The current map is installed.</summary>
    internal void Confirmed()
    {
        _installed = _view.Map;
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>A read that was sent at <paramref name="sent"/> has the current map as its result.</summary>
    internal void Renew(long sent)
    {
        Volatile.Write(ref _fence, sent);
        Volatile.Write(ref _cutOff, long.MinValue);
    }

    /// <summary>
    /// A read that was sent at <paramref name="sent"/> failed. It says nothing when this silo itself stood still, meanwhile or since the read before: others may have given it up, and
    /// that the table cannot be read just now, as on a busy machine, does not mean that they could not.
    /// </summary>
    internal void CutOff(long sent)
    {
        var before = Math.Max(Volatile.Read(ref _fence), Volatile.Read(ref _cutOff));
        var isAwake = before != long.MinValue && sent - before < (long)(RegisterGuard.Fence.TotalSeconds * time.TimestampFrequency);
        if (isAwake && time.GetElapsedTime(sent) < LongestRead)
            Volatile.Write(ref _cutOff, sent);
    }

    public void Dispose() => _hint.Dispose();

    private sealed record View(ClusterMap Map, FrozenDictionary<SiloLife, SiloAddress> Addresses);
}
