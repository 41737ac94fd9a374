using System.Globalization;

namespace KvOrleans.Cli.Incidents;

/// <summary>Something that is done to the silos of a replay.</summary>
/// <param name="Kind">What.</param>
/// <param name="Silo">To which; empty for all.</param>
/// <param name="At">When, since the replay began.</param>
internal sealed record Incident(IncidentKind Kind, string Silo, TimeSpan At)
{
    /// <summary>Reads <c>silo@seconds</c>.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static Incident ParseKill(string text)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0 || !double.TryParse(text.AsSpan(at + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > 1e6)
            throw new FormatException($"'{text}' is not silo@seconds, such as silo-1@20");
        return new(IncidentKind.Kill, text[..at], TimeSpan.FromSeconds(seconds));
    }
}
