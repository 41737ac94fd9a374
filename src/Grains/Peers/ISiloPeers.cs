using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Peers;

/// <summary>Finds what to ask of another silo. Thread-safe.</summary>
public interface ISiloPeers
{
    /// <summary>The silo of this life; null when it is not in the current map.</summary>
    ISiloPeer? Of(SiloLife life);
}
