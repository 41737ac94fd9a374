using System.Globalization;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>The numbers in the reply to <c>INFO</c>.</summary>
internal sealed class InfoText
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);

    public InfoText(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && long.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                _numbers[line[..colon]] = number;
        }
    }

    /// <summary>The number in the line that begins with <paramref name="field"/>.</summary>
    public long this[string field] =>
        Find(field) ?? throw new ServerException($"INFO has no number {field}.");

    /// <summary>The same; null when there is no such line.</summary>
    public long? Find(string field) => _numbers.TryGetValue(field, out var number) ? number : null;
}
