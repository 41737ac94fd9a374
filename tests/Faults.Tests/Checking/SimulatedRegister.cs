using System.Globalization;
using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Checking;

/// <summary>A register that really is one, and loses its value now and then, with clients that ask it at random times.</summary>
/// <remarks>Time goes by in ticks. In each a client begins, its operation takes effect, or it hears of it. Of an unknown operation the client hears nothing: it may take effect at any later tick.</remarks>
internal sealed class SimulatedRegister(int seed, int clients, double losses, double unknowns)
{
    private readonly Random _random = new(seed);
    private readonly List<Operation> _history = [];
    private readonly List<string> _versionsSeen = ["V-none"];
    private string? _value;
    private int _written;
    private int _nextClient;

    /// <summary>The version of a value.</summary>
    public static string VersionOf(string value) => $"V{value}";

    /// <summary>What a register with this value answers, and has afterwards.</summary>
    public static (Outcome Outcome, string? Value) Apply(Operation operation, string? value)
    {
        var there = value is null ? Outcome.Absent : Outcome.Conflict(VersionOf(value));
        return operation.Kind switch
        {
            OperationKind.Get => (value is null ? Outcome.Absent : Outcome.Found(value, VersionOf(value)), value),
            OperationKind.Delete => (value is null ? Outcome.Absent : Outcome.Done(), null),
            OperationKind.SetIfAbsent when value is not null => (there, value),
            OperationKind.SetExactly when value is null || VersionOf(value) != operation.Expected => (there, value),
            _ => (Outcome.Done(VersionOf(operation.Argument!)), operation.Argument),
        };
    }

    /// <summary>Lets the clients do so many operations.</summary>
    public IReadOnlyList<Operation> Run(int operations)
    {
        var active = Enumerable.Range(0, clients).Select(_ => new Client(_nextClient++)).ToList();
        var lost = new List<Operation>();
        for (var tick = 0; _history.Count < operations; tick++)
        {
            if (_random.NextDouble() < losses)
                _value = null;
            if (lost.Count > 0 && _random.Next(8) == 0)
                TakeEffectLate(lost);
            var client = active[_random.Next(active.Count)];
            if (client.Operation is null)
                client.Operation = Begin(client.Number, tick);
            else if (client.Outcome is null && _random.NextDouble() < unknowns)
                active[active.IndexOf(client)] = GiveUp(client.Operation, lost);
            else if (client.Outcome is null)
                (client.Outcome, _value) = Apply(client.Operation, _value);
            else
                End(client, tick);
        }

        // Of what is under way at the end nobody hears any more.
        return [.. _history, .. active.Select(client => client.Operation).OfType<Operation>()];
    }

    private void TakeEffectLate(List<Operation> lost)
    {
        var late = lost[_random.Next(lost.Count)];
        lost.Remove(late);
        (_, _value) = Apply(late, _value);
    }

    private Operation Begin(int client, long tick)
    {
        var kind = (OperationKind)_random.Next(5);
        var argument = kind is OperationKind.Get or OperationKind.Delete ? null : (_written++).ToString(CultureInfo.InvariantCulture);
        var expected = kind == OperationKind.SetExactly ? _versionsSeen[^_random.Next(1, Math.Min(4, _versionsSeen.Count + 1))] : null;
        return new(client, "reg", kind, argument, expected, tick, tick, Outcome.Unknown);
    }

    private Client GiveUp(Operation operation, List<Operation> lost)
    {
        _history.Add(operation);
        if (_random.Next(3) > 0)
            lost.Add(operation);
        return new(_nextClient++);
    }

    private void End(Client client, long tick)
    {
        _history.Add(client.Operation! with { Returned = tick, Outcome = client.Outcome!.Value });
        if (client.Outcome is { Kind: OutcomeKind.Value or OutcomeKind.Done, Version: { } version })
            _versionsSeen.Add(version);
        (client.Operation, client.Outcome) = (null, null);
    }

    private sealed class Client(int number)
    {
        public int Number => number;

        public Operation? Operation { get; set; }

        public Outcome? Outcome { get; set; }
    }
}
