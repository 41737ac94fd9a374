using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>Derives the cluster map from Orleans' membership view, once per membership version.</summary>
internal sealed class MembershipClusterMap(IClusterMembershipService membership, ILocalSiloDetails self) : IClusterMapSource
{
    private volatile ClusterMap _map = new(long.MinValue, []);

    public ClusterMap Current
    {
        get
        {
            var snapshot = membership.CurrentSnapshot;
            var map = _map;
            return map.Id == snapshot.Version.Value ? map : _map = Derive(snapshot);
        }
    }

    public SiloLife Life { get; } = SiloLife.Of(self.SiloAddress);

    public bool IsCutOff => false;

    public TimeSpan FenceAge => TimeSpan.Zero;

    public SiloAddress? AddressOf(SiloLife life) =>
        membership.CurrentSnapshot.Members.Keys.FirstOrDefault(address => SiloLife.Of(address) == life);

    public async Task<ClusterMap> WaitForChangeAsync(MapPosition known, CancellationToken cancellationToken)
    {
        await foreach (var _ in membership.MembershipUpdates.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (Current.Position != known)
                break;
        }

        return Current;
    }

    public void RefreshSoon()
    {
    }

    public MapPosition Confirm(MapPosition asked) => Current.Position;

    private static ClusterMap Derive(ClusterMembershipSnapshot snapshot)
    {
        // A silo that came back elsewhere may be seen beside its former life, until that is found dead.
        var silos = from member in snapshot.Members.Values
                    where member.Status == SiloStatus.Active
                    let identity = SiloIdentity.TryDecode(member.Name)
                    where identity is not null
                    group (member.SiloAddress, identity) by identity.Name into lives
                    let last = lives.MaxBy(life => (life.SiloAddress.Generation, life.SiloAddress))
                    select new SiloDescriptor(
                        lives.Key, last.identity.Zone, last.identity.Weight, last.identity.DataPlane, SiloLife.Of(last.SiloAddress));
        return new(snapshot.Version.Value, [.. silos.OrderBy(silo => silo.Name, StringComparer.Ordinal)]);
    }
}
