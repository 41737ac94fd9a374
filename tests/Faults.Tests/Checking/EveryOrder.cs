using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Checking;

/// <summary>The plainest checker there is: it tries every order, with a loss or none before each operation. For a handful of operations.</summary>
internal static class EveryOrder
{
    public static bool Explains(IReadOnlyList<Operation> operations) => Explains([.. operations], null);

    private static bool Explains(Operation[] left, string? value)
    {
        if (left.All(IsUnknown))
            return true;
        var firstReturn = left.Where(operation => !IsUnknown(operation)).Min(operation => operation.Returned);
        return left.Where(operation => operation.Invoked <= firstReturn).Any(next => CanBeNext(left, next, value) || (value is not null && CanBeNext(left, next, null)));
    }

    private static bool CanBeNext(Operation[] left, Operation next, string? value)
    {
        var (outcome, after) = SimulatedRegister.Apply(next, value);
        return (IsUnknown(next) || outcome == next.Outcome) && Explains([.. left.Where(operation => operation != next)], after);
    }

    private static bool IsUnknown(Operation operation) => operation.Outcome.Kind == OutcomeKind.Unknown;
}
