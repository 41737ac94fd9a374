namespace KvOrleans.Client.Digests;

/// <summary>How much of a chain is asked for.</summary>
/// <param name="Asked">The leading keys that are: up to the first that is ruled out, or all.</param>
/// <param name="RuledOut">The position of the first key that is ruled out, though it may be asked for to look after the digests; the chain's length when there is none.</param>
/// <param name="Owners">The owners of the keys that are asked for, as their indices in the map's silos; null when they were not looked for.</param>
/// <param name="IsVouched">Whether each key that is asked for is in a digest or remembered: then it need not be remembered when it is found.</param>
internal readonly record struct DigestRuling(int Asked, int RuledOut, int[]? Owners, bool IsVouched);
