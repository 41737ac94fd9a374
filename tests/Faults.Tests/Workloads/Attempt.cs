using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>An operation and the silo that it was sent to.</summary>
internal sealed record Attempt(Operation Operation, string Silo)
{
    /// <summary>True when a client got a useful answer.</summary>
    public bool IsAnswered => Operation.Outcome.Kind is not (OutcomeKind.Unknown or OutcomeKind.NoEffect);
}
