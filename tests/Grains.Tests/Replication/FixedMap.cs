using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using Orleans.Runtime;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>A view of the cluster that changes when told.</summary>
internal sealed class FixedMap(ulong self, ClusterMap map) : IClusterMapSource
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClusterMap _map = map;

    public ClusterMap Current
    {
        get => _map;
        set
        {
            _map = value;
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    public SiloLife Life { get; } = new(self);

    public bool IsCutOff { get; set; }

    public TimeSpan FenceAge { get; set; }

    public int Refreshes { get; private set; }

    public SiloAddress? AddressOf(SiloLife life) => null;

    public async Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (Current.Position != known)
                return Current;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public void RefreshSoon() => Refreshes++;

    public MapPosition Confirm(MapPosition asked) => Current.Position;
}
