using System.Net;
using System.Net.Sockets;
using KvOrleans.Probes.Networks;

namespace KvOrleans.LoadGenerator.Networks;

/// <summary>Where a process lives.</summary>
/// <param name="Name">Whose place it is.</param>
/// <param name="Address">Its address.</param>
/// <param name="Home">What starts its processes and makes its sockets.</param>
internal sealed record Place(string Name, IPAddress Address, HomeThread Home)
{
    /// <summary>A socket there: to its own address it does not go over the link.</summary>
    public Socket NewSocket() => Home.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
}
