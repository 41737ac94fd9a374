using System.Diagnostics;

namespace KvOrleans.Histories.Checking;

/// <summary>
/// Looks for an order of one register's operations that explains every answer: Wing and Gong's search over the calls that no return precedes, with
/// Lowe's memory of the configurations (what was ordered, and the state after it) that led nowhere.
/// </summary>
/// <remarks>
/// <para>Wing &amp; Gong, "Testing and verifying concurrent objects", 1993; Lowe, "Testing for linearizability", 2017; Horn &amp; Kroening, "Faster linearizability
/// checking via P-compositionality", 2015, whose list of calls and returns this is; Porcupine by A. Athalye is the program to compare with.</para>
/// <para>What registers with a value of its own for each write make possible beside that: whatever changes nothing and is right now is ordered at once and never reconsidered,
/// since it could be moved to the front of any order. A value is not left while an answer that needs it is to come: it never returns. Values that no answer needs any
/// more are all one. And a write that may have had no effect is ordered only immediately before the operation that needs its value (or any value): elsewhere it explains
/// nothing, so it costs no branch.</para>
/// <para>A configuration is remembered by 128 bits (an exclusive or of a random number per operation). Two different ones would have to agree in all of them to be mistaken.</para>
/// </remarks>
internal sealed class Search
{
    private const int TimeCheckedEvery = 1024;

    private readonly IReadOnlyList<RegisterStep> _steps;
    private readonly CheckBounds _bounds;
    private readonly CallList _calls;
    private readonly UInt128[] _marks;
    private readonly UInt128[] _stateMarks;
    private readonly bool[] _used;
    private readonly bool[] _alike;
    private readonly int[] _optionals;
    private readonly Dictionary<int, int> _optionalWriters;
    private readonly HashSet<UInt128> _seen = [];
    private readonly Stack<Move> _moves = [];
    private readonly Needs _needs;
    private UInt128 _ordered;
    private int _state;
    private int _orderedCount;

    public Search(IReadOnlyList<RegisterStep> steps, CheckBounds bounds)
    {
        (_steps, _bounds) = (steps, bounds);
        _calls = new(steps);
        _used = new bool[steps.Count];
        var seen = steps.Where(step => step.Need == Need.Exact).Select(step => step.NeededValue).ToHashSet();
        _alike = [.. steps.Select(step => step is { IsOptional: true, Need: Need.Nothing } && !seen.Contains(step.Effect))];
        _optionals = [.. Enumerable.Range(0, steps.Count).Where(at => steps[at].IsOptional).OrderByDescending(at => _alike[at]).ThenBy(at => steps[at].Operation.Invoked)];
        _optionalWriters = _optionals.ToDictionary(at => steps[at].Effect);
        var random = new Random(1);
        _marks = Marks(random, steps.Count);
        _needs = new Needs(steps);
        _stateMarks = Marks(random, _needs.Unneeded + 1);
    }

    /// <summary>The longest order found, in order; all that must be ordered when the search succeeds.</summary>
    public IReadOnlyList<int> Longest { get; private set; } = [];

    /// <summary>How many configurations were looked at.</summary>
    public int Configurations => _seen.Count;

    public VerdictKind Run()
    {
        var started = Stopwatch.GetTimestamp();
        for (var (turn, resume) = (1L, default(Move?)); ; turn++)
        {
            if (_calls.IsEmpty)
            {
                Remember();
                return VerdictKind.Holds;
            }

            if (_seen.Count > _bounds.Configurations || (turn % TimeCheckedEvery == 0 && Stopwatch.GetElapsedTime(started) > _bounds.Time))
                return VerdictKind.GaveUp;

            if (TryMove(resume))
            {
                resume = null;
                continue;
            }

            if (_orderedCount > Longest.Count)
                Remember();
            do
            {
                if (_moves.Count == 0)
                    return VerdictKind.Violated;
                resume = Undo();
            }
            while (resume.Value.IsFinal);
        }
    }

    private static UInt128[] Marks(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()))];

    /// <summary>Orders one more operation, in a way that comes after <paramref name="last"/>.</summary>
    private bool TryMove(Move? last)
    {
        if (last is null && TryFree(out var moved))
            return moved;
        var passed = last is null;
        for (var call = _calls.First; call >= 0; call = _calls.NextCall(call))
        {
            var from = 0;
            if (!passed)
            {
                if (call != last!.Value.Step)
                    continue;
                (passed, from) = (true, last.Value.Alternative + 1);
            }

            for (var alternative = from; TryChain(_steps[call], alternative, out var chain); alternative++)
            {
                if (chain is not null && TryOrder(new(call, chain, _state, alternative, false)))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Orders an operation that is right now and changes nothing: no other choice could be better.</summary>
    /// <returns>True when there is one; <paramref name="moved"/> is false when what follows is known to lead nowhere.</returns>
    private bool TryFree(out bool moved)
    {
        for (var call = _calls.First; call >= 0; call = _calls.NextCall(call))
        {
            var step = _steps[call];
            if (!step.AllowedIn(_state) || (step.After(_state) != _state && !_needs.AreAlike(step, _state)))
                continue;
            moved = TryOrder(new(call, [], _state, 0, true));
            return true;
        }

        return moved = false;
    }

    /// <summary>The unknown writes that, before <paramref name="step"/>, make it right.</summary>
    /// <returns>False when there is no such alternative; <paramref name="chain"/> is null when this one is not possible, and the next may be.</returns>
    private bool TryChain(RegisterStep step, int alternative, out List<int>? chain)
    {
        chain = null;
        if (step.AllowedIn(_state))
        {
            chain = [];
            return alternative == 0;
        }

        if (step.Need == Need.Exact)
        {
            chain = Demand(step.NeededValue);
            return alternative == 0;
        }

        if (step.Need != Need.Present || alternative >= _optionals.Length)
            return false;

        // Of writes whose values nobody saw the first sent serves as well as any.
        var writer = _optionals[alternative];
        if (!_alike[writer] || !_optionals.Take(alternative).Any(earlier => _alike[earlier] && !_used[earlier]))
            chain = Demand(_steps[writer].Effect);
        return true;
    }

    /// <summary>The unknown writes that bring a value about; each may need the value of another.</summary>
    private List<int>? Demand(int value)
    {
        var chain = new List<int>();
        while (_optionalWriters.TryGetValue(value, out var writer) && !_used[writer] && !chain.Contains(writer) && _steps[writer].Operation.Invoked <= _calls.FirstReturn)
        {
            chain.Insert(0, writer);
            if (_steps[writer].AllowedIn(_state))
                return chain;
            value = _steps[writer].NeededValue;
        }

        return null;
    }

    private bool TryOrder(Move move)
    {
        var ordered = _ordered;
        var state = _state;
        var possible = true;
        foreach (var at in move.All)
        {
            _needs.Satisfy(_steps[at]);
            var after = _steps[at].After(state);
            possible &= after == state || !_needs.IsAwaited(state);
            (ordered, state) = (ordered ^ _marks[at], after);
        }

        state = _needs.Simplify(state);
        if (!possible || !_seen.Add(ordered ^ _stateMarks[state]))
        {
            foreach (var at in move.All)
                _needs.Restore(_steps[at]);
            return false;
        }

        foreach (var at in move.All)
            _used[at] = true;
        _calls.Lift(move.Step);
        _moves.Push(move);
        (_ordered, _state, _orderedCount) = (ordered, state, _orderedCount + 1 + move.Chain.Count);
        return true;
    }

    private Move Undo()
    {
        var move = _moves.Pop();
        _calls.Unlift(move.Step);
        foreach (var at in move.All)
        {
            _used[at] = false;
            _ordered ^= _marks[at];
            _needs.Restore(_steps[at]);
        }

        (_state, _orderedCount) = (move.StateBefore, _orderedCount - 1 - move.Chain.Count);
        return move;
    }

    private void Remember() => Longest = [.. _moves.Reverse().SelectMany(move => move.All)];
}
