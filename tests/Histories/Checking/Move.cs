namespace KvOrleans.Histories.Checking;

/// <summary>A step of a search: an operation was put next in the order.</summary>
/// <param name="Step">The operation.</param>
/// <param name="Chain">The unknown writes that were put before it.</param>
/// <param name="StateBefore">What was there before them.</param>
/// <param name="Alternative">Which of the ways to put it there this was.</param>
/// <param name="IsFinal">True when there is no use in trying another.</param>
internal readonly record struct Move(int Step, List<int> Chain, int StateBefore, int Alternative, bool IsFinal)
{
    /// <summary>All that was put next, in order.</summary>
    public IEnumerable<int> All => Chain.Append(Step);
}
