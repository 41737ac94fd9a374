using System.Globalization;

namespace KvOrleans.Contracts.Sizes;

/// <summary>Reads sizes as people write them: <c>65536</c>, <c>640MiB</c>, <c>8 GiB</c>, <c>1.5TiB</c>.</summary>
public static class ByteText
{
    private static readonly (string Suffix, long Bytes, ByteUnits Units)[] Known =
    [
        ("KiB", 1L << 10, ByteUnits.Binary), ("MiB", 1L << 20, ByteUnits.Binary), ("GiB", 1L << 30, ByteUnits.Binary), ("TiB", 1L << 40, ByteUnits.Binary),
        ("KB", 1_000, ByteUnits.BinaryAndDecimal), ("MB", 1_000_000, ByteUnits.BinaryAndDecimal),
        ("GB", 1_000_000_000, ByteUnits.BinaryAndDecimal), ("TB", 1_000_000_000_000, ByteUnits.BinaryAndDecimal),
        ("B", 1, ByteUnits.Binary),
    ];

    /// <summary>Reads a size: digits, with a decimal point where the unit makes it whole bytes, and a unit in any case; without one it is bytes.</summary>
    /// <param name="text">The text; spaces around it and before the unit do not matter.</param>
    /// <param name="units">Which units it may have.</param>
    /// <param name="bytes">The size, 0 or more.</param>
    /// <returns>False when the text is none, is not a whole number of bytes, or does not fit.</returns>
    public static bool TryParse(string? text, ByteUnits units, out long bytes)
    {
        bytes = 0;
        var number = text?.Trim() ?? "";
        var unit = Array.Find(Known, known => known.Units <= units && number.EndsWith(known.Suffix, StringComparison.OrdinalIgnoreCase));
        if (unit.Suffix is { } suffix)
            number = number[..^suffix.Length].TrimEnd();
        var factor = unit.Suffix is null ? 1 : unit.Bytes;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue / factor)
            return false;
        var total = count * factor;
        if (total != decimal.Truncate(total))
            return false;
        bytes = (long)total;
        return true;
    }
}
