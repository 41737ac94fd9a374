using System.Net;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>What one client process is told when it starts.</summary>
/// <param name="Gateways">Orleans gateways of all silos.</param>
/// <param name="Size">Bytes of the hot block.</param>
/// <param name="InFlight">Its reads under way.</param>
/// <param name="Connections">Its connections to each silo.</param>
internal sealed record HotspotReaderPlan(IReadOnlyList<IPEndPoint> Gateways, int Size, int InFlight, int Connections)
{
    /// <summary>How many silos there are.</summary>
    public int Silos => Gateways.Count;
}
