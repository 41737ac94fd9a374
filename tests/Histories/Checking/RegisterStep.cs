namespace KvOrleans.Histories.Checking;

/// <summary>An operation as the model of a register sees it. States and values are numbers; 0 is an absent register.</summary>
/// <param name="Operation">What it is made of.</param>
/// <param name="Need">What must be there.</param>
/// <param name="NeededValue">The value that must be there, if one.</param>
/// <param name="Effect">What is there after it; <see cref="Keeps"/> when it changes nothing.</param>
/// <param name="IsOptional">True when it may have had no effect at all, or have it later than its client waited.</param>
internal sealed record RegisterStep(Operation Operation, Need Need, int NeededValue, int Effect, bool IsOptional)
{
    public const int Keeps = -1;

    public const int Absent = 0;

    /// <summary>True when this answer is right for what is there.</summary>
    public bool AllowedIn(int state) => Need switch
    {
        Need.Nothing => true,
        Need.Present => state != Absent,
        Need.Exact => state == NeededValue,
        _ => false,
    };

    /// <summary>What is there after it.</summary>
    public int After(int state) => Effect == Keeps ? state : Effect;
}
