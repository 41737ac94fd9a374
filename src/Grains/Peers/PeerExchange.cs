namespace KvOrleans.Grains.Peers;

/// <summary>How far a request has come.</summary>
internal sealed class PeerExchange
{
    /// <summary>Whether the silo may have the whole command.</summary>
    public bool MayHaveTakenEffect { get; set; }
}
