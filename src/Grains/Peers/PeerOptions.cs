namespace KvOrleans.Grains.Peers;

/// <summary>How this silo speaks to others' data planes.</summary>
/// <param name="Name">This silo's name, which it gives with <c>KV.PEER</c>.</param>
/// <param name="Password">The cluster's data-plane password; empty: none.</param>
/// <param name="MaxBlockBytes">The longest block that is received.</param>
public sealed record PeerOptions(string Name, string Password, int MaxBlockBytes)
{
    /// <summary>Connections to one life of a silo at most, each used by one request at a time, or by small writes that left together.</summary>
    public int ConnectionsPerPeer { get; init; } = 12;

    /// <summary>How many of them carry changes at most: a decision may take seconds, and reads must not wait for it.</summary>
    public int ChangesPerPeer { get; init; } = 6;

    /// <summary>How many of them small writes use at most: they leave together, several at a time.</summary>
    public int SmallWritesPerPeer { get; init; } = 2;

    /// <summary>Requests to one life of a silo that may wait for a connection.</summary>
    public int WaitingPerPeer { get; init; } = 1024;

    /// <summary>How long connecting and greeting may take, and a request may wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a block that comes for a client may wait for room: what takes it, other blocks on their way and copies, goes in moments. Meanwhile it holds one of the few connections.
    /// </summary>
    public TimeSpan LongestWaitForRoom { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A silo that neither sends nor takes a byte of what it owes for this long is given up: soon enough for a block to come from another holder within 2 s.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The same while it decides a change, which may have to be heard of elsewhere first.</summary>
    public TimeSpan LongestDecision { get; init; } = TimeSpan.FromSeconds(7);
}
