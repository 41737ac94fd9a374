namespace KvOrleans.Histories.Checking;

/// <summary>Checks a history register by register: each is linearizable on its own or the history is not (P-compositionality).</summary>
internal static class LinearizabilityChecker
{
    /// <summary>Checks all registers.</summary>
    /// <returns>Those of which something is wrong, or not known to be right.</returns>
    public static IReadOnlyDictionary<string, Verdict> FindWrong(IEnumerable<Operation> history, CheckBounds? bounds = null) =>
        history.GroupBy(operation => operation.Key)
            .Select(register => (register.Key, Verdict: CheckRegister([.. register], bounds)))
            .Where(checkedOne => checkedOne.Verdict.Kind != VerdictKind.Holds)
            .ToDictionary(checkedOne => checkedOne.Key, checkedOne => checkedOne.Verdict);

    /// <summary>Checks the operations on one register.</summary>
    public static Verdict CheckRegister(IReadOnlyList<Operation> operations, CheckBounds? bounds = null)
    {
        bounds ??= CheckBounds.Default;
        var register = LossyRegister.Of(operations);
        if (register.TwoContents is { } two)
            return new(VerdictKind.Violated, () => Explanation.OfTwoContents(two.First, two.Second));
        var search = new Search(register.Steps, bounds);
        return search.Run() switch
        {
            VerdictKind.Holds => Verdict.Holds,
            VerdictKind.GaveUp => new(VerdictKind.GaveUp, () => Explanation.OfGivingUp(operations, register, search)),
            _ => new(VerdictKind.Violated, () => Explanation.OfViolation(operations, register, search, Reduction.Reduce(operations, bounds))),
        };
    }
}
