namespace KvOrleans.Cli.Settings;

/// <summary>A value of an option and the silos that have it.</summary>
/// <param name="Value">The value; empty for none; null where silos do not know the option.</param>
/// <param name="IsDefault">Whether it is what it would be were nothing said.</param>
/// <param name="Silos">Their names, in the map's order.</param>
internal sealed record OptionValue(string? Value, bool IsDefault, IReadOnlyList<string> Silos);
