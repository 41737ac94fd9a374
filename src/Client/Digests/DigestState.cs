using System.Net;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Digests;

/// <summary>What is known of a silo's digest since a round of questions was answered whole.</summary>
/// <param name="Bits">The digest, which goes on changing.</param>
/// <param name="Map">The silo's map in all replies of the round; null when it could not say what is absent, or its map changed.</param>
/// <param name="Pending">The silos whose handoffs were not done in one of the replies.</param>
/// <param name="AskedAt">When the first question of the round was sent: what was there then is in the digest.</param>
internal sealed record DigestState(DigestBits Bits, MapPosition? Map, IReadOnlyList<IPEndPoint> Pending, long AskedAt);
