using System.Net;
using KvOrleans.Probes.Networks;

namespace KvOrleans.Faults.Tests.Networks;

/// <summary>Where a node lives.</summary>
/// <param name="Name">The node.</param>
/// <param name="Address">Its address.</param>
/// <param name="Ports">Ports that are its own.</param>
/// <param name="Home">What starts its processes.</param>
internal sealed record Place(string Name, IPAddress Address, IReadOnlyList<int> Ports, HomeThread Home);
