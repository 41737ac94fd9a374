namespace KvOrleans.Cli.Settings;

/// <summary>One option over all silos that answered.</summary>
/// <param name="Name">Its name below <c>KvOrleans:</c>.</param>
/// <param name="IsSecret">Whether its value is not told: silos that have one may have different ones.</param>
/// <param name="IsOwn">Whether each silo has its own.</param>
/// <param name="Values">Its values, the one that most silos have first.</param>
internal sealed record OptionRow(string Name, bool IsSecret, bool IsOwn, IReadOnlyList<OptionValue> Values)
{
    /// <summary>Whether silos differ where they should not.</summary>
    public bool Differs => !IsOwn && Values.Select(value => value.Value).Distinct().Count() > 1;

    /// <summary>Whether there is something to look at.</summary>
    public bool IsNotable => Values.Count > 1 || Values.Any(value => !value.IsDefault);
}
