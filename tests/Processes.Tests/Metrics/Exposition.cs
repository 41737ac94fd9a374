using System.Globalization;
using System.Text.RegularExpressions;

namespace KvOrleans.Processes.Tests.Metrics;

/// <summary>A scrape in Prometheus' text format, read strictly: a line that is not of the format is an error.</summary>
internal sealed partial class Exposition
{
    private readonly List<(string Name, string Labels, double Value)> _samples = [];

    /// <summary>The families with their types.</summary>
    public Dictionary<string, string> Families { get; } = [];

    public static Exposition Parse(string text)
    {
        var scrape = new Exposition();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.Split('\n').SkipLast(1))
            scrape.Add(line);
        return scrape;
    }

    /// <summary>The sum of the samples of this name that have this label.</summary>
    public double Sum(string name, string label = "") =>
        _samples.Where(sample => sample.Name == name && sample.Labels.Contains(label, StringComparison.Ordinal)).Sum(sample => sample.Value);

    private void Add(string line)
    {
        if (Type().Match(line) is { Success: true } type)
        {
            Assert.True(Families.TryAdd(type.Groups[1].Value, type.Groups[2].Value), $"twice: {line}");
        }
        else if (Sample().Match(line) is { Success: true } sample)
        {
            var name = sample.Groups[1].Value;
            Assert.Contains(Families, family => name == family.Key
                || (family.Value == "histogram" && name.StartsWith(family.Key, StringComparison.Ordinal) && name[family.Key.Length..] is "_bucket" or "_sum" or "_count"));
            var value = sample.Groups[3].Value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                var number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
            };
            Assert.DoesNotContain(_samples, other => other.Name == name && other.Labels == sample.Groups[2].Value);
            _samples.Add((name, sample.Groups[2].Value, value));
        }
        else
        {
            Assert.Matches(@"^(# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|# UNIT [a-zA-Z_:][a-zA-Z0-9_:]* [a-zA-Z_]+|# EOF)$", line);
        }
    }

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex Type();

    [GeneratedRegex("^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\",?)*\\})?) (-?[0-9.]+(?:E[+-]?[0-9]+)?|NaN|[+-]Inf)(?: [0-9]+)?$")]
    private static partial Regex Sample();
}
