using System.Globalization;

namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>Sizes as people write them: <c>4096</c>, <c>64KiB</c>, <c>2MiB</c>, <c>1GiB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads a positive size.</summary>
    /// <exception cref="FormatException">The text is no size; the message says what is accepted.</exception>
    public static long Parse(string text)
    {
        var unit = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        var digits = text.AsSpan(0, text.Length - (unit.Suffix?.Length ?? 0)).Trim();
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is <= 0 or > 1L << 30
            || number * Math.Max(unit.Factor, 1) > 1L << 42)
            throw new FormatException($"'{text}' is no size; write 4096, 64KiB, 2MiB or 1GiB.");
        return number * Math.Max(unit.Factor, 1);
    }

    /// <summary>The shortest exact form, with a space before the unit.</summary>
    public static string Format(long bytes)
    {
        var unit = Array.Find(Units, unit => bytes % unit.Factor == 0 && bytes >= unit.Factor);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Factor} {unit.Suffix}");
    }
}
