namespace KvOrleans.Silo.DataPlane.Fills;

/// <summary>Who computes a block.</summary>
/// <param name="IsYours">Who asked does. False: somebody else.</param>
/// <param name="IsNew">A lease was registered that was not there before.</param>
/// <param name="Left">For how long, above zero.</param>
internal readonly record struct FillAnswer(bool IsYours, bool IsNew, TimeSpan Left)
{
    /// <summary>As the reply has it: milliseconds, at least one, negative when they are somebody else's.</summary>
    public long Milliseconds => (long)Math.Ceiling(Left.TotalMilliseconds) * (IsYours ? 1 : -1);
}
