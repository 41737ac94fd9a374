using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KvOrleans.Histories.Checking;

/// <summary>Says in words and few lines why a history cannot be ordered.</summary>
internal static class Explanation
{
    private const int LastOfOrder = 8;
    private const int MostListed = 40;

    public static string OfTwoContents(Operation first, Operation second) =>
        $"Register {first.Key}: one version has two contents.\n{Table([first, second], Math.Min(first.Invoked, second.Invoked))}";

    public static string OfGivingUp(IReadOnlyList<Operation> operations, LossyRegister register, Search search) =>
        $"Register {operations[0].Key}: gave up after {search.Configurations} configurations; {search.Longest.Count} of {register.Steps.Count} operations had an order. "
        + "This is no verdict: raise the bounds or make the history shorter.";

    public static string OfViolation(IReadOnlyList<Operation> operations, LossyRegister register, Search search, IReadOnlyList<Operation> core)
    {
        var steps = register.Steps;
        var zero = operations.Min(operation => operation.Invoked);
        var ordered = search.Longest.ToHashSet();
        var open = Enumerable.Range(0, steps.Count).Where(at => !ordered.Contains(at) && !steps[at].IsOptional).ToList();
        var firstReturn = open.Min(at => steps[at].Operation.Returned);
        var candidates = open.Where(at => steps[at].Operation.Invoked <= firstReturn).Select(at => steps[at].Operation);

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Register {operations[0].Key}: its {operations.Count} operations cannot be ordered. These alone cannot (times in ms of this register's history):");
        text.Append(Table(core, zero));
        foreach (var value in core.Select(operation => operation.Outcome.Value).OfType<string>().Distinct().Where(value => !operations.Any(operation => operation.Argument == value)))
            text.AppendLine(CultureInfo.InvariantCulture, $"No operation on this register writes '{value}'.");
        text.AppendLine(CultureInfo.InvariantCulture, $"The longest order found has {ordered.Count} of them, and ends with:");
        text.Append(Table([.. search.Longest.TakeLast(LastOfOrder).Select(at => steps[at].Operation)], zero));
        text.AppendLine(CultureInfo.InvariantCulture, $"after which the register has {StateName(search.Longest.Select(at => steps[at]))}, and one of these would have to be next:");
        text.Append(Table([.. candidates], zero));
        return text.ToString();
    }

    private static string StateName(IEnumerable<RegisterStep> order) =>
        order.LastOrDefault(step => step.Effect != RegisterStep.Keeps)?.Operation is { IsWrite: true, Outcome.Kind: not OutcomeKind.Absent } last ? $"'{last.Argument}'" : "nothing";

    private static string Table(IReadOnlyList<Operation> operations, long zero)
    {
        var text = new StringBuilder();
        foreach (var operation in operations.Take(MostListed))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Line(operation, zero)}");
        if (operations.Count > MostListed)
            text.AppendLine(CultureInfo.InvariantCulture, $"  … and {operations.Count - MostListed} more");
        return text.ToString();
    }

    private static string Line(Operation operation, long zero)
    {
        var end = operation.Outcome.Kind == OutcomeKind.Unknown ? "        …" : Time(operation.Returned, zero);
        var asked = string.Join(' ', new[] { operation.Kind.ToString(), operation.Argument, operation.Expected is null ? null : $"at {operation.Expected}" }.Where(part => part is not null));
        return $"{Time(operation.Invoked, zero)} – {end}  client {operation.Client,-3} {asked} -> {operation.Outcome}{(operation.Note is null ? "" : $"  [{operation.Note}]")}";
    }

    private static string Time(long ticks, long zero) =>
        ((ticks - zero) * 1000.0 / Stopwatch.Frequency).ToString("0.000", CultureInfo.InvariantCulture).PadLeft(9);
}
