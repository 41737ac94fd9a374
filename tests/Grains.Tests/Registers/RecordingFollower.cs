using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>Notes which maps it is told of, and what a look at that moment finds.</summary>
internal sealed class RecordingFollower : IMapFollower
{
    public List<(long Previous, long Current)> Told { get; } = [];

    public Action<ClusterMap>? WhenTold { get; set; }

    public Exception? Failure { get; private set; }

    public void MapInstalled(ClusterMap previous, ClusterMap current)
    {
        Told.Add((previous.Id, current.Id));
        try
        {
            WhenTold?.Invoke(current);
        }
        catch (Exception error)
        {
            Failure = error;
        }
    }
}
