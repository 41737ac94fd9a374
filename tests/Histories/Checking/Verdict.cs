namespace KvOrleans.Histories.Checking;

/// <summary>What a check came to, and why.</summary>
internal sealed class Verdict(VerdictKind kind, Func<string> explain)
{
    private readonly Lazy<string> _explanation = new(explain);

    public static Verdict Holds { get; } = new(VerdictKind.Holds, () => "");

    public VerdictKind Kind => kind;

    /// <summary>Why; made when it is first asked for, since making it short may take some seconds.</summary>
    public string Explanation => _explanation.Value;
}
