using System.Globalization;

namespace KvOrleans.Cli.Rendering;

/// <summary>Numbers as tables and progress lines show them.</summary>
internal static class Numbers
{
    private const string NotAvailable = "–";

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    public static string MaybeRatio(double? value) => value is { } ratio ? Ratio(ratio) : NotAvailable;

    public static string Percent(double share) => share.ToString("0.00 %", CultureInfo.InvariantCulture);

    public static string Rate(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    public static string Microseconds(double? value) => value switch
    {
        null => NotAvailable,
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{value:0} µs"),
        < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000:0.00} s"),
    };

    public static string Milliseconds(double? value) => Microseconds(value * 1_000);

    public static string Seconds(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.0} s");
}
