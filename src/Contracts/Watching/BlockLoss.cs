namespace KvOrleans.Contracts.Watching;

/// <summary>How a block left a silo.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Why">As <c>KV.EXPLAIN</c> has it.</param>
/// <param name="SecondsAgo">How long ago.</param>
/// <param name="Was">What the silo was to it: <c>last-copy</c> or <c>copy</c>; null when a delete is all that is known.</param>
public sealed record BlockLoss(string Silo, string Why, long SecondsAgo, string? Was);
