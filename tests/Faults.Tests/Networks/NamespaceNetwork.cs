using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using KvOrleans.Probes.Networks;

namespace KvOrleans.Faults.Tests.Networks;

/// <summary>
/// Each node, and the clients, in a network namespace of its own, joined by a bridge in one more. The namespaces have no names: they belong to threads of this process and
/// to the processes that those started, and are gone with them, so there is nothing to leave behind.
/// </summary>
/// <remarks>
/// A cut is a permanent neighbour entry with a hardware address that nobody has: packets leave and arrive nowhere, as in a real cut, in one direction, and also those of connections
/// that are open. It needs no module of the kernel beside veth and bridge.
/// </remarks>
internal sealed class NamespaceNetwork : INodeNetwork
{
    private const string Clients = "clients";

    // Ports can be the same everywhere.
    private static readonly int[] Ports = [11111, 30000, 6380, 8080];

    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly List<(Place From, Place To)> _cuts = [];
    private readonly ConcurrentDictionary<Place, NetworkNamespace> _homes = [];
    private readonly NetworkNamespace _bridge;
    private readonly Place _clients;
    private int _last;

    private NamespaceNetwork()
    {
        _bridge = NewNamespace("bridge");
        _bridge.Ip("link add br0 type bridge", "link set br0 up");
        _clients = Add(Clients);
    }

    public bool CanCut => true;

    public string Description => "network namespaces";

    /// <summary>Makes one, or says why it cannot be made here.</summary>
    public static NamespaceNetwork? TryCreate(out string whyNot)
    {
        try
        {
            whyNot = Environment.IsPrivilegedProcess ? "" : "not root";
            return whyNot.Length == 0 ? new() : null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            whyNot = error.Message;
            return null;
        }
    }

    public Place Add(string name)
    {
        var number = ++_last;
        var home = NewNamespace(name);
        var place = new Place(name, IPAddress.Parse($"10.77.0.{number}"), Ports, home.Home);
        _homes[place] = home;
        _bridge.Ip($"link add v{number} type veth peer name eth0 netns {home.File}", $"link set v{number} master br0 up");
        home.Ip("link set lo up", $"addr add {place.Address}/24 dev eth0", "link set eth0 up");
        return place;
    }

    public Socket ClientSocket() =>
        _clients.Home.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public void Cut(Place? from, Place? to)
    {
        lock (_cuts)
        {
            _cuts.Add((from ?? _clients, to ?? _clients));
            _homes[from ?? _clients].Ip($"neigh replace {(to ?? _clients).Address} lladdr 02:00:00:00:00:fe nud permanent dev eth0");
        }
    }

    public void Heal(Place? from, Place? to)
    {
        lock (_cuts)
        {
            _cuts.Remove((from ?? _clients, to ?? _clients));
            if (!_cuts.Contains((from ?? _clients, to ?? _clients)))
                _homes[from ?? _clients].Ip($"neigh del {(to ?? _clients).Address} dev eth0");
        }
    }

    public void Dispose() => _namespaces.ForEach(one => one.Dispose());

    private NetworkNamespace NewNamespace(string name)
    {
        var made = new NetworkNamespace(name);
        _namespaces.Add(made);
        return made;
    }
}
