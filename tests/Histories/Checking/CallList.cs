namespace KvOrleans.Histories.Checking;

/// <summary>
/// The calls and returns, in the order of time, of those operations that are yet to be ordered. What comes next in an order is one of the calls before the first return.
/// Operations that may have had no effect are not in it.
/// </summary>
internal sealed class CallList
{
    private const int End = -1;

    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly long[] _times;
    private readonly int[] _stepAt;
    private readonly int[] _callOf;
    private readonly int[] _returnOf;
    private readonly int _head;

    public CallList(IReadOnlyList<RegisterStep> steps)
    {
        // At one time calls come before returns: then the two operations count as concurrent.
        var events = Enumerable.Range(0, steps.Count).Where(at => !steps[at].IsOptional)
            .SelectMany(at => new[] { (Time: steps[at].Operation.Invoked, IsReturn: false, Step: at), (Time: steps[at].Operation.Returned, IsReturn: true, Step: at) })
            .OrderBy(moment => moment.Time).ThenBy(moment => moment.IsReturn).ToArray();
        _head = events.Length;
        _next = new int[events.Length + 1];
        _previous = new int[events.Length + 1];
        _times = [.. events.Select(moment => moment.Time)];
        _stepAt = [.. events.Select(moment => moment.Step)];
        _callOf = new int[steps.Count];
        _returnOf = new int[steps.Count];
        for (var at = 0; at < events.Length; at++)
        {
            (events[at].IsReturn ? _returnOf : _callOf)[events[at].Step] = at;
            _next[at] = at + 1;
            _previous[at + 1] = at;
        }

        // The head is both ends of a ring.
        _next[_head] = 0;
        _previous[0] = _head;
    }

    public bool IsEmpty => _next[_head] == _head;

    /// <summary>The step whose call is first; none when there is none left.</summary>
    public int First => Call(_next[_head]);

    /// <summary>When the first return is.</summary>
    public long FirstReturn
    {
        get
        {
            for (var at = _next[_head]; at != _head; at = _next[at])
            {
                if (_returnOf[_stepAt[at]] == at)
                    return _times[at];
            }

            return long.MaxValue;
        }
    }

    /// <summary>The step whose call is after that of <paramref name="step"/>; -1 when a return is before it.</summary>
    public int NextCall(int step) => Call(_next[_callOf[step]]);

    public void Lift(int step)
    {
        Unlink(_callOf[step]);
        Unlink(_returnOf[step]);
    }

    /// <summary>Takes back the last <see cref="Lift"/> that was not yet taken back.</summary>
    public void Unlift(int step)
    {
        Link(_returnOf[step]);
        Link(_callOf[step]);
    }

    private int Call(int at) => at == _head || _returnOf[_stepAt[at]] == at ? End : _stepAt[at];

    private void Unlink(int at) => (_next[_previous[at]], _previous[_next[at]]) = (_next[at], _previous[at]);

    private void Link(int at) => (_next[_previous[at]], _previous[_next[at]]) = (at, at);
}
