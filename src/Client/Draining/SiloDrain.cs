namespace KvOrleans.Client.Draining;

/// <summary>What came of telling a silo to drain.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Offered">Blocks that it offered to others; one that is offered again counts again.</param>
/// <param name="Given">Of them, those that have a new holder.</param>
/// <param name="Left">Last copies of write-once blocks that found no new holder.</param>
public sealed record SiloDrain(SiloDrainOutcome Outcome, long Offered, long Given, long Left);
