using System.Net;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Digests;

/// <summary>A reply to <c>KV.DIGEST</c>, whose form has been checked.</summary>
/// <param name="Generation">Which filter it is of.</param>
/// <param name="Number">Of the last change, before the blocks were read.</param>
/// <param name="Blocks">The filter's blocks.</param>
/// <param name="Next">From which block to go on; 0: that was all.</param>
/// <param name="Map">The silo's map; null when it cannot say what is absent.</param>
/// <param name="Pending">The silos whose handoffs to it are not done.</param>
/// <param name="Changes">The changed blocks. Valid until the next is asked for.</param>
internal readonly record struct DigestPage(
    ulong Generation, long Number, int Blocks, int Next, MapPosition? Map, IReadOnlyList<IPEndPoint> Pending, ReadOnlyMemory<byte> Changes);
