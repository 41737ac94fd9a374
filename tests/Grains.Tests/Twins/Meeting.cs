using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Membership;
using KvOrleans.Probes;
using Orleans.Runtime;

namespace KvOrleans.Grains.Tests.Twins;

/// <summary>
/// A silo's view of the cluster for those who make a version, which is when they have judged what is there and have not changed it yet: the first two wait
/// for each other, so that both have judged the same.
/// </summary>
internal sealed class Meeting : IClusterMapSource
{
    private readonly IClusterMapSource _map;
    private CountdownEvent _judged = new(0);

    public Meeting(IClusterMapSource map) => (_map, Versions) = (map, new(this));

    /// <summary>The one counter of all activations of the silo.</summary>
    public VersionSource Versions { get; }

    public ClusterMap Current
    {
        get
        {
            var judged = _judged;
            if (!judged.IsSet)
            {
                judged.Signal();
                Assert.True(judged.Wait(Eventually.Deadline), "the other never came");
            }

            return _map.Current;
        }
    }

    public SiloLife Life => _map.Life;

    public bool IsCutOff => _map.IsCutOff;

    public TimeSpan FenceAge => _map.FenceAge;

    /// <summary>The next two wait for each other.</summary>
    public void OfTwo() => _judged = new(2);

    public SiloAddress? AddressOf(SiloLife life) => _map.AddressOf(life);

    public Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken) => _map.WaitForChangeAsync(known, cancellationToken);

    public void RefreshSoon() => _map.RefreshSoon();

    public MapPosition Confirm(MapPosition asked) => _map.Confirm(asked);
}
