using System.Globalization;

namespace KvOrleans.Contracts.Watching;

/// <summary>What a silo says of a key: the fields of <c>KV.EXPLAIN</c>, by name.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Fields">The fields; null: it does not answer.</param>
public sealed record SiloTestimony(string Silo, IReadOnlyDictionary<string, string>? Fields)
{
    /// <summary>Whether the silo answered.</summary>
    public bool IsGiven => Fields is not null;

    /// <summary>The field of this name; null when the silo did not say it.</summary>
    public string? Text(string name) => Fields?.GetValueOrDefault(name);

    /// <summary>The whole number of this name; null when the silo did not say it.</summary>
    public long? Number(string name) => long.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
