namespace KvOrleans.Histories.Checking;

/// <summary>
/// Looks for contents of write-once blocks that were read after they were deleted. Each content is written by one operation at most, which tells when it can have been stored: while that
/// operation was under way, or, when its outcome is not known, at any time behind its sending.
/// </summary>
internal static class DeletedContents
{
    /// <summary>Checks all blocks.</summary>
    /// <returns>Those of which a deleted content was read, or one that was never stored.</returns>
    public static IReadOnlyDictionary<string, Verdict> FindWrong(IEnumerable<Operation> history)
    {
        var wrong = new Dictionary<string, Verdict>();
        foreach (var block in history.GroupBy(operation => operation.Key))
        {
            if (FirstWrong([.. block]) is { } operations)
                wrong[block.Key] = new(VerdictKind.Violated, () => $"{block.Key}: a content was read that was deleted, or never stored:\n{string.Join('\n', operations)}");
        }

        return wrong;
    }

    private static Operation[]? FirstWrong(IReadOnlyList<Operation> operations)
    {
        var writes = operations.Where(operation => operation.IsWrite).ToDictionary(write => write.Argument!);
        var deletes = operations.Where(operation => operation is { Kind: OperationKind.Delete, Outcome.Kind: OutcomeKind.Done or OutcomeKind.Absent }).ToList();
        foreach (var read in operations.Where(operation => operation.Outcome.Kind == OutcomeKind.Value).OrderBy(operation => operation.Returned))
        {
            if (!writes.TryGetValue(read.Outcome.Value!, out var write) || write.Invoked > read.Returned)
                return [read];
            if (write.Outcome.Kind is OutcomeKind.NoEffect or OutcomeKind.Conflict)
                return [write, read];
            if (write.Outcome.Kind != OutcomeKind.Unknown && deletes.Find(one => one.Invoked > write.Returned && one.Returned < read.Invoked) is { } delete)
                return [write, delete, read];
        }

        return null;
    }
}
