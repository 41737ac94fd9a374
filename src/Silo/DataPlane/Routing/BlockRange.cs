using System.Buffers.Text;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>A part of a block.</summary>
/// <param name="Offset">Where it begins, 0 or more.</param>
/// <param name="Length">Its bytes, 0 or more.</param>
internal readonly record struct BlockRange(int Offset, int Length)
{
    /// <summary>Reads both numbers; false when they cannot be those of any block.</summary>
    public static bool TryParse(ReadOnlySpan<byte> offset, ReadOnlySpan<byte> length, out BlockRange range)
    {
        var isRange = TryParse(offset, out var first) & TryParse(length, out var count);
        range = new(first, count);
        return isRange;
    }

    /// <summary>Whether a block of <paramref name="length"/> bytes has it all.</summary>
    public bool IsWithin(int length) => (long)Offset + Length <= length;

    private static bool TryParse(ReadOnlySpan<byte> text, out int number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number >= 0;
}
