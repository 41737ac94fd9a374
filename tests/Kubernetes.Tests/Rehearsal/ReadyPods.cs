using System.Net;
using System.Net.Sockets;
using k8s.Models;
using KvOrleans.Kubernetes.Tests.Overlays;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>Who is behind the silos' services: the pods that kubelet calls ready and nobody has deleted. The headless one is a name that is looked up, the other chooses a pod for each connection.</summary>
internal sealed class ReadyPods(Overlay overlay)
{
    private readonly Lock _lock = new();
    private readonly HashSet<IPAddress> _ready = [];
    private int _fewest = int.MaxValue;

    /// <summary>The fewest that were ready at a time since <see cref="CountFewest"/>.</summary>
    public int Fewest
    {
        get
        {
            lock (_lock)
                return Math.Min(_fewest, _ready.Count);
        }
    }

    public void CountFewest()
    {
        lock (_lock)
            _fewest = _ready.Count;
    }

    public void Set(IPAddress pod, bool ready)
    {
        lock (_lock)
        {
            if (ready)
                _ready.Add(pod);
            else if (_ready.Remove(pod))
                _fewest = Math.Min(_fewest, _ready.Count);
        }
    }

    public bool Has(IPAddress pod)
    {
        lock (_lock)
            return _ready.Contains(pod);
    }

    /// <summary>What a look-up of the headless service answers.</summary>
    public Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        var service = overlay.Named<V1Service>("kvorleans");
        Assert.Equal($"{service.Metadata.Name}.{service.Metadata.NamespaceProperty}.svc", name);
        lock (_lock)
            return _ready.Count > 0 ? Task.FromResult(_ready.ToArray()) : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Where a connection to the service for plain Redis clients goes; null when it has nobody.</summary>
    public IPEndPoint? Choose()
    {
        var target = Assert.Single(overlay.Named<V1Service>("kvorleans-resp").Spec.Ports).TargetPort.Value;
        var port = overlay.Container.Ports.Single(port => port.Name == target).ContainerPort;
        lock (_lock)
            return _ready.Count > 0 ? new(_ready.ElementAt(Random.Shared.Next(_ready.Count)), port) : null;
    }
}
