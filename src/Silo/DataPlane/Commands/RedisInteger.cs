using System.Buffers.Text;

namespace KvOrleans.Silo.DataPlane.Commands;

/// <summary>Integers in the one form that Redis accepts: no plus, no zeros in front, no <c>-0</c>, no blanks.</summary>
internal static class RedisInteger
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && text[0] != '+'
        && (text[0] == '-' ? text[1] != '0' : text[0] != '0' || text.Length == 1);
}
