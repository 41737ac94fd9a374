using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>What a silo answered to a match.</summary>
/// <param name="LeaseId">The lease; 0 when nothing was leased.</param>
/// <param name="Granted">How long it lasts.</param>
/// <param name="LastPresent">The index of the last key that is present, -1 when none is.</param>
/// <param name="Error">Why the silo refused; null when it did not.</param>
internal readonly record struct MatchGrant(long LeaseId, TimeSpan Granted, int LastPresent, SiloError? Error);
