using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Contracts.Heat;

/// <summary>A hot block of which another silo should have an extra copy.</summary>
/// <param name="Owner">The life that owns the block, and will count on the copy.</param>
/// <param name="From">The life to pull it from: the owner, or another who holds it.</param>
/// <param name="Block">The block.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.HotOffer")]
public sealed record HotOffer([property: Id(0)] SiloLife Owner, [property: Id(1)] SiloLife From, [property: Id(2)] OfferedBlock Block);
