using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KvOrleans.Faults.Tests.Nodes;

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
    private const int NewNetwork = 0x40000000;
    private const string Clients = "clients";

    // Ports can be the same everywhere.
    private static readonly int[] Ports = [11111, 30000, 6380, 8080];

    private readonly List<HomeThread> _homes = [];
    private readonly List<(Place From, Place To)> _cuts = [];
    private readonly HomeThread _bridge;
    private readonly Place _clients;
    private int _last;

    private NamespaceNetwork()
    {
        _bridge = NewHome("bridge");
        Ip(_bridge, "link add br0 type bridge", "link set br0 up");
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
        var home = NewHome(name);
        var place = new Place(name, IPAddress.Parse($"10.77.0.{number}"), Ports, home);
        var thread = home.Run(CurrentThread);
        Ip(
            _bridge,
            $"link add v{number} type veth peer name eth0 netns /proc/{Environment.ProcessId}/task/{thread}/ns/net",
            $"link set v{number} master br0 up");
        Ip(home, "link set lo up", $"addr add {place.Address}/24 dev eth0", "link set eth0 up");
        return place;
    }

    public Socket ClientSocket() =>
        _clients.Home.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public void Cut(Place? from, Place? to)
    {
        lock (_cuts)
        {
            _cuts.Add((from ?? _clients, to ?? _clients));
            Ip((from ?? _clients).Home, $"neigh replace {(to ?? _clients).Address} lladdr 02:00:00:00:00:fe nud permanent dev eth0");
        }
    }

    public void Heal(Place? from, Place? to)
    {
        lock (_cuts)
        {
            _cuts.Remove((from ?? _clients, to ?? _clients));
            if (!_cuts.Contains((from ?? _clients, to ?? _clients)))
                Ip((from ?? _clients).Home, $"neigh del {(to ?? _clients).Address} dev eth0");
        }
    }

    public void Dispose() => _homes.ForEach(home => home.Dispose());

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Unshare(int what);

    [DllImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int CurrentThread();

    private static void Ip(HomeThread where, params string[] commands)
    {
        using var process = where.Run(() => Process.Start(
            new ProcessStartInfo("ip", ["-batch", "-"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!);
        process.StandardInput.Write(string.Join('\n', commands) + "\n");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join("; ", commands)}: {errors.Trim()}");
    }

    private HomeThread NewHome(string name)
    {
        var home = new HomeThread(name);
        _homes.Add(home);
        var result = home.Run(() => (Code: Unshare(NewNetwork), Error: Marshal.GetLastPInvokeErrorMessage()));
        return result.Code == 0 ? home : throw new InvalidOperationException($"No network namespace: {result.Error}.");
    }
}
