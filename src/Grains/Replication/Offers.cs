using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Replication;

/// <summary>One sender for each other silo of the map. Thread-safe.</summary>
internal sealed class Offers(OfferServices services) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloLife, OfferSender> _senders = [];
    private ClusterMap _map = new(0, []);
    private bool _isDisposed;

    /// <summary>Blocks that wait for an answer, and their bytes.</summary>
    public (int Blocks, long Bytes) Pending
    {
        get
        {
            var (blocks, bytes) = (0, 0L);
            foreach (var sender in All())
            {
                var pending = sender.Queue.Pending;
                (blocks, bytes) = (blocks + pending.Blocks, bytes + pending.Bytes);
            }

            return (blocks, bytes);
        }
    }

    /// <summary>The sender to a silo; null when that is not in the map, or is this one.</summary>
    public OfferSender? To(SiloLife life)
    {
        lock (_lock)
        {
            if (_senders.TryGetValue(life, out var sender))
                return sender;
            if (_isDisposed || life == services.Map.Life || _map.IndexOf(life) < 0)
                return null;
            return _senders[life] = new(life, services);
        }
    }

    /// <summary>Drops what is queued for silos that are not in <paramref name="map"/>.</summary>
    public void Follow(ClusterMap map)
    {
        List<OfferSender> gone = [];
        lock (_lock)
        {
            _map = map;
            foreach (var life in _senders.Keys.Where(life => map.IndexOf(life) < 0).ToList())
            {
                _senders.Remove(life, out var sender);
                gone.Add(sender!);
            }
        }

        // Its end is nobody's to wait for: a call under way is not waited for any more.
        foreach (var sender in gone)
            _ = Task.Run(() => sender.DisposeAsync().AsTask());
    }

    /// <summary>Withdraws what waits for the last sweep: the next finds it again.</summary>
    public void Withdraw()
    {
        foreach (var sender in All())
            sender.Queue.Withdraw();
    }

    public async ValueTask DisposeAsync()
    {
        List<OfferSender> all;
        lock (_lock)
        {
            _isDisposed = true;
            all = [.. _senders.Values];
            _senders.Clear();
        }

        foreach (var sender in all)
            await sender.DisposeAsync().ConfigureAwait(false);
    }

    private List<OfferSender> All()
    {
        lock (_lock)
            return [.. _senders.Values];
    }
}
