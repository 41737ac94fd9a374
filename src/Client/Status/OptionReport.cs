namespace KvOrleans.Client.Status;

/// <summary>One option of a silo as it is in force.</summary>
/// <param name="Name">Its name below <c>KvOrleans:</c>.</param>
/// <param name="Value">Its value; empty for none. Of a secret <c>set</c> or <c>not set</c>.</param>
/// <param name="Default">What it would be were nothing said.</param>
/// <param name="IsSecret">Whether its value is not told: two silos that have one may have different ones.</param>
/// <param name="IsOwn">Whether each silo has its own, so that to differ is no mistake.</param>
public sealed record OptionReport(string Name, string Value, string Default, bool IsSecret, bool IsOwn)
{
    /// <summary>Whether it is what it would be were nothing said.</summary>
    public bool IsDefault => Value == Default;
}
