using System.Buffers.Text;

namespace KvOrleans.Wire.Commands;

/// <summary>Integers as Redis accepts them in a command's framing: one way to write each, so no <c>+1</c>, <c>01</c> or <c>-0</c>.</summary>
public static class CanonicalInteger
{
    /// <summary>Reads a whole number.</summary>
    /// <returns>False when <paramref name="text"/> is anything else, or does not fit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text is [(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..] or [(byte)'-', >= (byte)'1' and <= (byte)'9', ..]
            && Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }
}
