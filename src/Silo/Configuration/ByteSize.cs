using System.ComponentModel;
using System.Globalization;
using KvOrleans.Contracts.Sizes;

namespace KvOrleans.Silo.Configuration;

/// <summary>A number of bytes; written as <c>1048576</c>, <c>512MiB</c>, <c>8GiB</c> or <c>1.5TiB</c>.</summary>
[TypeConverter(typeof(ByteSizeConverter))]
public readonly record struct ByteSize(long Bytes)
{
    internal const string Accepted = "a whole number of bytes, or a number with KiB, MiB, GiB or TiB, such as 8GiB";

    private static readonly (string Suffix, long Factor)[] Units =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads a size.</summary>
    /// <returns>False when the text is not one, or is negative or too large.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        var isOne = ByteText.TryParse(text, ByteUnits.Binary, out var bytes);
        size = new(bytes);
        return isOne;
    }

    /// <summary>The size in the largest unit that keeps it whole.</summary>
    public override string ToString()
    {
        foreach (var (suffix, factor) in Units)
        {
            if (Bytes >= factor && Bytes % factor == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{Bytes / factor}{suffix}");
        }

        return "0B";
    }
}
