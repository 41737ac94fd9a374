namespace KvOrleans.Storage.Leases;

/// <summary>The answer to a match, beside what it found of each key.</summary>
/// <param name="LeaseId">Names the lease; 0 when nothing is leased.</param>
/// <param name="Granted">For how long; zero when nothing is leased.</param>
/// <param name="Found">How many keys were found.</param>
public readonly record struct LeaseGrant(long LeaseId, TimeSpan Granted, int Found);
