using System.Globalization;
using KvOrleans.Contracts.Sizes;

namespace KvOrleans.Cli.Sizes;

/// <summary>Byte counts as people write them: <c>8GiB</c>, <c>640MiB</c>, <c>1.5GB</c>, <c>65536</c>.</summary>
internal static class ByteSize
{
    /// <summary>What a size may look like, for help and error texts.</summary>
    public const string Examples = "bytes such as 65536, 64KiB, 640MiB or 8GiB";

    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Reads a positive size.</summary>
    /// <returns>False when <paramref name="text"/> is none, is not a whole number of bytes, or does not fit.</returns>
    public static bool TryParse(string? text, out long bytes) => ByteText.TryParse(text, ByteUnits.BinaryAndDecimal, out bytes) && bytes > 0;

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
