using System.Globalization;
using KvOrleans.Contracts.Sizes;

namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>Sizes as people write them: <c>4096</c>, <c>64KiB</c>, <c>2MiB</c>, <c>1GiB</c>.</summary>
internal static class ByteSize
{
    private const long Most = 1L << 42;

    private static readonly (string Suffix, long Factor)[] Units =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads a positive size.</summary>
    /// <exception cref="FormatException">The text is no size; the message says what is accepted.</exception>
    public static long Parse(string text) =>
        ByteText.TryParse(text, ByteUnits.Binary, out var bytes) && bytes is > 0 and <= Most ? bytes : throw new FormatException($"'{text}' is no size; write 4096, 64KiB, 2MiB or 1GiB.");

    /// <summary>The shortest exact form, with a space before the unit.</summary>
    public static string Format(long bytes)
    {
        var unit = Array.Find(Units, unit => bytes % unit.Factor == 0 && bytes >= unit.Factor);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Factor} {unit.Suffix}");
    }
}
