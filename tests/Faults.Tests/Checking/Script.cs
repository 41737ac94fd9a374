using KvOrleans.Histories;
using KvOrleans.Histories.Checking;

namespace KvOrleans.Faults.Tests.Checking;

/// <summary>A history written by hand, on one register. Times are in any unit; each operation is its own client's.</summary>
internal sealed class Script
{
    private const string Key = "reg:1";

    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    public Script Get(long from, long to, string? value, string? version = null) =>
        Add(OperationKind.Get, null, null, from, to, value is null ? Outcome.Absent : Outcome.Found(value, version));

    public Script Set(long from, long to, string value, string? version = null) => Add(OperationKind.Set, value, null, from, to, Outcome.Done(version));

    public Script Delete(long from, long to, bool found) => Add(OperationKind.Delete, null, null, from, to, found ? Outcome.Done() : Outcome.Absent);

    public Script SetIfAbsent(long from, long to, string value, Outcome outcome) => Add(OperationKind.SetIfAbsent, value, null, from, to, outcome);

    public Script SetExactly(long from, long to, string value, string expected, Outcome outcome) =>
        Add(OperationKind.SetExactly, value, expected, from, to, outcome);

    public Script UnknownSet(long from, string value) => Add(OperationKind.Set, value, null, from, from, Outcome.Unknown);

    public Script UnknownSetExactly(long from, string value, string expected) => Add(OperationKind.SetExactly, value, expected, from, from, Outcome.Unknown);

    public Script UnknownDelete(long from) => Add(OperationKind.Delete, null, null, from, from, Outcome.Unknown);

    public Script RefusedSet(long from, long to, string value) => Add(OperationKind.Set, value, null, from, to, Outcome.NoEffect);

    public Verdict Check(CheckBounds? bounds = null) => LinearizabilityChecker.CheckRegister(_operations, bounds);

    public void Holds()
    {
        var verdict = Check();
        Assert.True(verdict.Kind == VerdictKind.Holds, verdict.Explanation);
    }

    public string IsViolated()
    {
        var verdict = Check();
        Assert.Equal(VerdictKind.Violated, verdict.Kind);
        return verdict.Explanation;
    }

    private Script Add(OperationKind kind, string? argument, string? expected, long from, long to, Outcome outcome)
    {
        _operations.Add(new(_operations.Count, Key, kind, argument, expected, from, to, outcome));
        return this;
    }
}
