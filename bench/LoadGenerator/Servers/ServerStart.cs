using KvOrleans.Probes.Networks;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>How to start a server.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Program">The program, on the PATH.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Port">The port that speaks the server's protocol.</param>
/// <param name="IsReady">Asks whether it answers on its port.</param>
/// <param name="Timeout">How long it may take until it does.</param>
internal sealed record ServerStart(
    string Name,
    string Program,
    IReadOnlyList<string> Arguments,
    int Port,
    Func<int, CancellationToken, Task<bool>> IsReady,
    TimeSpan Timeout)
{
    /// <summary>Of a silo: the port of its Orleans gateway, for control calls.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>Of a silo: the port that other silos speak Orleans' protocol to.</summary>
    public int? SiloPort { get; init; }

    /// <summary>Of a silo: the port of its console, health and metrics.</summary>
    public int? HttpPort { get; init; }

    /// <summary>The thread that starts it, and so where it lives; null for where this program lives.</summary>
    public HomeThread? Home { get; init; }
}
