namespace KvOrleans.Probes;

/// <summary>A line of <c>docs/metrics.md</c>.</summary>
/// <param name="Meter">The meter under whose heading it stands.</param>
/// <param name="Name">The instrument's name.</param>
/// <param name="Kind"><c>counter</c>, <c>level</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Unit">The unit as the instrument has it.</param>
/// <param name="Tags">The names of its tags.</param>
/// <param name="Meaning">What it means, as the instrument says.</param>
internal sealed record DocumentedInstrument(string Meter, string Name, string Kind, string Unit, string Tags, string Meaning)
{
    /// <summary>As <see cref="MetricsPage.Describe"/> says it of an instrument.</summary>
    public string Description => $"{Name} | {Kind} | {Unit} | {Meaning}";

    /// <summary>The names of its tags.</summary>
    public IEnumerable<string> TagNames => Tags.Split('`').Where((_, i) => i % 2 == 1);

    /// <summary>The name of its family in Prometheus.</summary>
    public string PrometheusName
    {
        get
        {
            var unit = Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
            return Name.Replace('.', '_') + unit + (Kind == "counter" ? "_total" : "");
        }
    }
}
