namespace KvOrleans.Histories;

/// <summary>One operation on one register, as the client that sent it saw it.</summary>
/// <param name="Client">Who sent it.</param>
/// <param name="Key">The register.</param>
/// <param name="Kind">What it asked.</param>
/// <param name="Argument">What it wrote: a value that no other operation writes.</param>
/// <param name="Expected">The version that a <see cref="OperationKind.SetExactly"/> named.</param>
/// <param name="Invoked">Before it was sent, on the one monotonic clock of the history.</param>
/// <param name="Returned">After its answer was there; without meaning when the outcome is unknown.</param>
/// <param name="Outcome">The answer.</param>
/// <param name="Note">Where it was sent and what exactly was answered, for who reads a failure.</param>
internal sealed record Operation(
    int Client, string Key, OperationKind Kind, string? Argument, string? Expected, long Invoked, long Returned, Outcome Outcome, string? Note = null)
{
    /// <summary>What it was to write, if anything.</summary>
    public bool IsWrite => Kind is OperationKind.Set or OperationKind.SetIfAbsent or OperationKind.SetExactly;
}
