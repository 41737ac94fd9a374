using System.Collections.Concurrent;

namespace KvOrleans.Histories;

/// <summary>The operations of all clients. Thread-safe.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<Operation> _operations = new();

    public int Count => _operations.Count;

    public IReadOnlyList<Operation> Operations => [.. _operations];

    public void Add(Operation operation) => _operations.Enqueue(operation);

    /// <summary>How many operations had this outcome.</summary>
    public int CountOf(params OutcomeKind[] outcomes) => _operations.Count(operation => outcomes.Contains(operation.Outcome.Kind));
}
