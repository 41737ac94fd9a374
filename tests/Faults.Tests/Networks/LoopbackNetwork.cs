using System.Net;
using System.Net.Sockets;
using KvOrleans.Probes;
using KvOrleans.Probes.Networks;

namespace KvOrleans.Faults.Tests.Networks;

/// <summary>All on 127.0.0.1, each with ports of its own. It cannot be cut.</summary>
internal sealed class LoopbackNetwork : INodeNetwork
{
    private const int PortsPerNode = 4;

    private readonly List<HomeThread> _homes = [];

    public bool CanCut => false;

    public string Description => "loopback, without cuts";

    public Place Add(string name)
    {
        _homes.Add(new(name));
        return new(name, IPAddress.Loopback, FreePorts.Take(PortsPerNode), _homes[^1]);
    }

    public Socket ClientSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public void Cut(Place? from, Place? to) => throw new NotSupportedException();

    public void Heal(Place? from, Place? to) => throw new NotSupportedException();

    public void Dispose() => _homes.ForEach(home => home.Dispose());
}
