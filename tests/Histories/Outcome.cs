namespace KvOrleans.Histories;

/// <summary>What was heard of an operation.</summary>
/// <param name="Kind">What.</param>
/// <param name="Value">The value that a read found.</param>
/// <param name="Version">The version of what was read, written, or in the way; null when it was not told.</param>
internal readonly record struct Outcome(OutcomeKind Kind, string? Value = null, string? Version = null)
{
    public static Outcome Absent { get; } = new(OutcomeKind.Absent);

    public static Outcome Unknown { get; } = new(OutcomeKind.Unknown);

    public static Outcome NoEffect { get; } = new(OutcomeKind.NoEffect);

    public static Outcome Done(string? version = null) => new(OutcomeKind.Done, Version: version);

    public static Outcome Found(string value, string? version = null) => new(OutcomeKind.Value, value, version);

    public static Outcome Conflict(string? version = null) => new(OutcomeKind.Conflict, Version: version);

    public override string ToString() =>
        string.Join(' ', new[] { Kind.ToString().ToLowerInvariant(), Value, Version is null ? null : $"({Version})" }.Where(part => part is not null));
}
