namespace KvOrleans.Client.Digests;

/// <summary>A key that a silo has leased though its digest had ruled it out.</summary>
/// <param name="Hash">The key's hash.</param>
/// <param name="FoundAt">When it was known to be there: a digest that was asked for later has it.</param>
internal sealed record DigestCheck(UInt128 Hash, long FoundAt);
