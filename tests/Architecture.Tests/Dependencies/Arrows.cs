namespace KvOrleans.Architecture.Tests.Dependencies;

/// <summary>Who may know whom: docs/architecture.md draws the same arrows.</summary>
internal static class Arrows
{
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["Contracts"] = [],
        ["Wire"] = [],
        ["Storage"] = ["Contracts"],
        ["Grains"] = ["Contracts", "Wire", "Storage"],
        ["Client"] = ["Contracts", "Wire"],
        ["Silo"] = ["Contracts", "Wire", "Storage", "Grains"],
        ["Cli"] = ["Client", "Contracts"],
    };

    /// <summary>Projects that another needs built, and not to compile: the tool starts a silo as a process.</summary>
    public static IReadOnlyDictionary<string, string[]> BuildOrder { get; } = new Dictionary<string, string[]> { ["Cli"] = ["Silo"] };
}
