using System.Net;
using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>What a silo answered to a match.</summary>
/// <param name="LeaseId">The lease; 0 when nothing was leased.</param>
/// <param name="Granted">How long it lasts.</param>
/// <param name="LastPresent">The index of the last key that is present, -1 when none is.</param>
/// <param name="Error">Why the silo refused; null when it did not.</param>
/// <param name="MapId">The silo's map, when it does not have some of the keys and cannot say whether they are absent; else 0.</param>
/// <param name="Others">Where to ask for those; null when the silo does not say.</param>
internal readonly record struct MatchGrant(
    long LeaseId, TimeSpan Granted, int LastPresent, SiloError? Error, long MapId = 0, IReadOnlyList<IPEndPoint>? Others = null);
