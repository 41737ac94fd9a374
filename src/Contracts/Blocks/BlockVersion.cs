using System.Buffers.Text;
using System.Text;

namespace KvOrleans.Contracts.Blocks;

/// <summary>Which content of a block: (epoch, life, sequence). A version never names two contents.</summary>
/// <param name="Epoch">The membership version when the content was written; 0 or more.</param>
/// <param name="Life">The run of the silo that wrote it.</param>
/// <param name="Sequence">From one counter of that life; 1 or more.</param>
/// <param name="HomeRegion">The region that owns the key; 0 while there is one region.</param>
/// <remarks>
/// The text form is <c>epoch-life-sequence-region</c>, the life in 16 hex digits, the rest in decimal. The versions of one
/// key grow in (epoch, sequence) as long as the membership table lives.
/// </remarks>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockVersion")]
public readonly record struct BlockVersion(
    [property: Id(0)] long Epoch,
    [property: Id(1)] SiloLife Life,
    [property: Id(2)] long Sequence,
    [property: Id(3)] ushort HomeRegion = 0) : ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The most bytes that the text form takes.</summary>
    public const int MaxTextLength = 19 + 1 + 16 + 1 + 19 + 1 + 5;

    /// <summary>True for <c>default</c>, which names no content.</summary>
    public bool IsNone => Sequence == 0;

    /// <summary>Reads the text form.</summary>
    /// <returns>False when <paramref name="text"/> is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out BlockVersion version)
    {
        version = default;
        var whole = text;
        if (!TryTakeNumber(ref text, 'D', out var epoch) || !TryTakeNumber(ref text, 'x', out var life)
            || !TryTakeNumber(ref text, 'D', out var sequence)
            || !Utf8Parser.TryParse(text, out ushort region, out var used) || used != text.Length
            || epoch > long.MaxValue || sequence is 0 or > long.MaxValue)
        {
            return false;
        }

        // A version has one text: leading zeros, signs and upper-case hex parse, but are not it.
        var parsed = new BlockVersion((long)epoch, new(life), (long)sequence, region);
        Span<byte> canonical = stackalloc byte[MaxTextLength];
        if (!parsed.TryFormat(canonical, out var length, default, null) || !whole.SequenceEqual(canonical[..length]))
            return false;

        version = parsed;
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out BlockVersion)"/>
    public static bool TryParse(string? text, out BlockVersion version)
    {
        version = default;
        return text is { Length: <= MaxTextLength } && TryParse(Encoding.UTF8.GetBytes(text), out version);
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        System.Text.Unicode.Utf8.TryWrite(utf8Destination, $"{Epoch}-{Life.Id:x16}-{Sequence}-{HomeRegion}", out bytesWritten);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{Epoch}-{Life.Id:x16}-{Sequence}-{HomeRegion}", out charsWritten);

    /// <summary>The text form.</summary>
    public override string ToString() => $"{Epoch}-{Life.Id:x16}-{Sequence}-{HomeRegion}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> text, char format, out ulong value)
    {
        if (!Utf8Parser.TryParse(text, out value, out var used, format == 'x' ? 'x' : default) || used >= text.Length || text[used] != '-')
            return false;
        if (format == 'x' && used != 16)
            return false;
        text = text[(used + 1)..];
        return true;
    }
}
