namespace KvOrleans.Histories.Checking;

/// <summary>
/// The model: a register that may be lost at any moment, after which nothing older returns. It turns the operations on one key into steps.
/// </summary>
/// <remarks>
/// A loss may be put off until an answer needs the register to be absent, since an absent register allows nothing that a present one does not allow after a loss. So
/// it needs no step of its own: "absent" is always right, and makes the register absent. Each write writes another value, so a value names its write, and a version
/// stands for the value that was read or written with it. A version that was never seen with a value asks only that something is there.
/// </remarks>
internal sealed class LossyRegister
{
    private readonly Dictionary<string, int> _values = [];
    private readonly Dictionary<string, (int Value, Operation Seen)> _versions = [];

    private LossyRegister()
    {
    }

    /// <summary>What is wrong beside the order: two operations that saw one version with two values.</summary>
    public (Operation First, Operation Second)? TwoContents { get; private set; }

    /// <summary>The steps of those operations that matter.</summary>
    public IReadOnlyList<RegisterStep> Steps { get; private set; } = [];

    public static LossyRegister Of(IReadOnlyList<Operation> operations)
    {
        var register = new LossyRegister();
        register.Learn(operations);
        register.Steps = [.. operations.Select(register.Step).OfType<RegisterStep>()];
        return register;
    }

    private static RegisterStep Rightly(Operation operation, int effect) => new(operation, Need.Nothing, 0, effect, false);

    private void Learn(IReadOnlyList<Operation> operations)
    {
        foreach (var operation in operations.Where(operation => operation.IsWrite))
        {
            if (!_values.TryAdd(operation.Argument!, _values.Count + 1))
                throw new ArgumentException($"Two operations write '{operation.Argument}'; a history needs a value of its own for each.");
        }

        foreach (var operation in operations)
        {
            var wrote = operation.IsWrite && operation.Outcome.Kind is (OutcomeKind.Done or OutcomeKind.Unknown);
            if ((wrote ? operation.Argument : operation.Outcome.Value) is not { } text)
                continue;
            _values.TryAdd(text, _values.Count + 1);
            if (operation.Outcome.Version is { } version && !_versions.TryAdd(version, (_values[text], operation)) && _versions[version].Value != _values[text])
                TwoContents ??= (_versions[version].Seen, operation);
        }
    }

    private RegisterStep? Step(Operation operation) => operation.Outcome.Kind switch
    {
        OutcomeKind.NoEffect => null,
        OutcomeKind.Unknown => Unknown(operation),
        _ => operation.Kind switch
        {
            OperationKind.Get => operation.Outcome.Kind switch
            {
                OutcomeKind.Value => new(operation, Need.Exact, _values[operation.Outcome.Value!], RegisterStep.Keeps, false),
                OutcomeKind.Absent => Rightly(operation, RegisterStep.Absent),
                _ => Impossible(operation),
            },
            OperationKind.Delete => operation.Outcome.Kind switch
            {
                OutcomeKind.Done => new(operation, Need.Present, 0, RegisterStep.Absent, false),
                OutcomeKind.Absent => Rightly(operation, RegisterStep.Absent),
                _ => Impossible(operation),
            },
            _ => Write(operation),
        },
    };

    private RegisterStep? Write(Operation operation) => (operation.Kind, operation.Outcome.Kind) switch
    {
        (OperationKind.SetExactly, OutcomeKind.Done) => Needing(operation, operation.Expected, _values[operation.Argument!], false),
        (_, OutcomeKind.Done) => Rightly(operation, _values[operation.Argument!]),
        (OperationKind.SetIfAbsent, OutcomeKind.Conflict) => Needing(operation, operation.Outcome.Version, RegisterStep.Keeps, false),
        (OperationKind.SetExactly, OutcomeKind.Conflict) when operation.Outcome.Version is null => null, // right in any state, after a loss if need be
        (OperationKind.SetExactly, OutcomeKind.Conflict) when operation.Outcome.Version != operation.Expected =>
            Needing(operation, operation.Outcome.Version, RegisterStep.Keeps, false),
        (OperationKind.SetExactly, OutcomeKind.Absent) => Rightly(operation, RegisterStep.Absent),
        _ => Impossible(operation),
    };

    /// <summary>Of what is unknown only writes matter: a lost delete is a loss, and a lost read is nothing.</summary>
    private RegisterStep? Unknown(Operation operation) => operation.Kind switch
    {
        OperationKind.Set or OperationKind.SetIfAbsent => new(operation, Need.Nothing, 0, _values[operation.Argument!], true),
        OperationKind.SetExactly => Needing(operation, operation.Expected, _values[operation.Argument!], true),
        _ => null,
    };

    private RegisterStep Needing(Operation operation, string? version, int effect, bool optional) =>
        version is not null && _versions.TryGetValue(version, out var known) ? new(operation, Need.Exact, known.Value, effect, optional)
        : new(operation, optional ? Need.Nothing : Need.Present, 0, effect, optional);

    private static RegisterStep Impossible(Operation operation) => new(operation, Need.Impossible, 0, RegisterStep.Keeps, false);
}
