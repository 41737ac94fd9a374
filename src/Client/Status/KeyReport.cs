using System.Globalization;

namespace KvOrleans.Client.Status;

/// <summary>What a silo says of a key: the fields of <c>KV.EXPLAIN</c>, by name.</summary>
/// <param name="Values">The fields; empty when the silo said nothing.</param>
public sealed record KeyReport(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Whether the silo holds it.</summary>
    public bool IsPresent => Text("state") == "present";

    /// <summary>The field of this name; null when the silo did not say it.</summary>
    public string? Text(string name) => Values.GetValueOrDefault(name);

    /// <summary>The whole number of this name; null when the silo did not say it.</summary>
    public long? Number(string name) =>
        Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
