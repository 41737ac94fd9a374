using System.Globalization;

namespace KvOrleans.Cli.Sizes;

/// <summary>Byte counts as people write them: <c>8GiB</c>, <c>640MiB</c>, <c>1.5GB</c>, <c>65536</c>.</summary>
internal static class ByteSize
{
    /// <summary>What a size may look like, for help and error texts.</summary>
    public const string Examples = "bytes such as 65536, 64KiB, 640MiB or 8GiB";

    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("B", 1),
    ];

    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Reads a positive size.</summary>
    /// <returns>False when <paramref name="text"/> is none, is not a whole number of bytes, or does not fit.</returns>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var number = text?.Trim() ?? "";
        var unit = 1L;
        foreach (var (suffix, size) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                unit = size;
                break;
            }
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / unit)
            return false;
        var total = value * unit;
        if (total < 1 || total != decimal.Truncate(total))
            return false;
        bytes = (long)total;
        return true;
    }

    /// <summary>A size with three or four significant digits and a binary unit.</summary>
    public static string Format(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < BinaryUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        var format = unit == 0 || value >= 100 || value == Math.Floor(value) ? "0" : value >= 10 ? "0.0" : "0.00";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {BinaryUnits[unit]}";
    }
}
