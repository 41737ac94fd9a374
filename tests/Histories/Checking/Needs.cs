namespace KvOrleans.Histories.Checking;

/// <summary>How many of the operations that are yet to be ordered need each value.</summary>
internal sealed class Needs
{
    private readonly int[] _awaited;
    private readonly int[] _useful;
    private int _present;

    public Needs(IReadOnlyList<RegisterStep> steps)
    {
        Unneeded = steps.Select(step => Math.Max(step.Effect, step.NeededValue)).Append(RegisterStep.Absent).Max() + 1;
        (_awaited, _useful) = (new int[Unneeded + 1], new int[Unneeded + 1]);
        foreach (var step in steps)
            Count(step, +1);
    }

    /// <summary>The state that stands for all values that no answer needs any more.</summary>
    public int Unneeded { get; }

    /// <summary>True when an answer that was certainly given still needs this value.</summary>
    public bool IsAwaited(int state) => _awaited[state] > 0;

    /// <summary>True when a step that is right now leads to what is as good as what is there.</summary>
    /// <remarks>Where presence itself is needed this is not so: then the step may be of more use later.</remarks>
    public bool AreAlike(RegisterStep step, int state) =>
        _present == 0 && step.Need == Need.Nothing && state == RegisterStep.Absent && Simplify(step.After(state)) == state;

    /// <summary>A state that allows the same as <paramref name="state"/>.</summary>
    public int Simplify(int state) =>
        state == RegisterStep.Absent || _useful[state] > 0 ? state
        : _present > 0 ? Unneeded
        : RegisterStep.Absent;

    public void Satisfy(RegisterStep step) => Count(step, -1);

    public void Restore(RegisterStep step) => Count(step, +1);

    private void Count(RegisterStep step, int change)
    {
        if (step.Need == Need.Present)
            _present += change;
        if (step.Need != Need.Exact)
            return;
        _useful[step.NeededValue] += change;
        if (!step.IsOptional)
            _awaited[step.NeededValue] += change;
    }
}
