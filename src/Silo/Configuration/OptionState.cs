namespace KvOrleans.Silo.Configuration;

/// <summary>One option as it is in force.</summary>
/// <param name="Name">Its name below <c>KvOrleans:</c>.</param>
/// <param name="Value">Its value as configuration would have it; empty for none. Of a secret whether it is set.</param>
/// <param name="Default">What it would be were nothing said.</param>
/// <param name="IsSecret">Whether its value is not told.</param>
/// <param name="IsOwn">Whether each silo has its own.</param>
internal sealed record OptionState(string Name, string Value, string Default, bool IsSecret, bool IsOwn)
{
    /// <summary>Whether it is what it would be were nothing said.</summary>
    public bool IsDefault => Value == Default;
}
