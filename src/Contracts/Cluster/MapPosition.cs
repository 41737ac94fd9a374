using System.Buffers.Text;
using System.Globalization;

namespace KvOrleans.Contracts.Cluster;

/// <summary>Names a cluster map: the membership table it was read from, and that table's version.</summary>
/// <param name="Incarnation">A random id beside the table; another one means that the table was lost and begun again.</param>
/// <param name="Id">The membership version.</param>
/// <param name="Digest">Of all rows' lives and statuses: the same digest, nothing was taken from anybody in between.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.MapPosition")]
public readonly record struct MapPosition([property: Id(0)] ulong Incarnation, [property: Id(1)] long Id, [property: Id(2)] ulong Digest = 0)
{
    private const int HexDigits = 16;

    /// <summary>Whether both maps come from the same table with the same rows, whatever its version.</summary>
    public bool HasRowsOf(MapPosition other) => Incarnation == other.Incarnation && Digest == other.Digest;

    /// <summary>The form in which it travels on the data plane: <c>incarnation id digest</c>, the first and the last in 16 hex digits.</summary>
    public string Encode() => string.Create(CultureInfo.InvariantCulture, $"{Incarnation:x16} {Id} {Digest:x16}");

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False when <paramref name="text"/> is anything else.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, out MapPosition position)
    {
        position = default;
        if (text.Length < (2 * HexDigits) + 3 || text[HexDigits] != ' ' || text[^(HexDigits + 1)] != ' '
            || !ulong.TryParse(text[..HexDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var incarnation)
            || !ulong.TryParse(text[^HexDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digest)
            || !Utf8Parser.TryParse(text[(HexDigits + 1)..^(HexDigits + 1)], out long id, out var used) || used != text.Length - (2 * HexDigits) - 2)
        {
            return false;
        }

        position = new(incarnation, id, digest);
        return true;
    }
}
