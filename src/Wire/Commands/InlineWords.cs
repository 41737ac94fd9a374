using System.Globalization;

namespace KvOrleans.Wire.Commands;

/// <summary>Splits an inline command as Redis does: blanks part words, double quotes know escapes, single quotes only <c>\'</c>.</summary>
/// <remarks>
/// A quote may open within a word (<c>foo"bar"</c> is <c>foobar</c>), but the word ends where it closes, and a blank or the line's end must follow.
/// </remarks>
internal static class InlineWords
{
    internal readonly record struct Word(int Offset, int Length, bool Quoted);

    /// <summary>Takes the next word; a quoted one with its quotes.</summary>
    public static bool TryTake(ReadOnlySpan<byte> line, ref int at, out Word word)
    {
        while (at < line.Length && IsBlank(line[at]))
            at++;
        word = default;
        if (at == line.Length)
            return false;

        var start = at;
        while (at < line.Length && !EndsWord(line[at]))
        {
            if (!IsQuote(line[at]))
            {
                at++;
                continue;
            }

            SkipQuoted(line, ref at);
            word = new(start, at - start, Quoted: true);
            return true;
        }

        word = new(start, at - start, Quoted: false);
        return true;
    }

    /// <summary>The text of a word with quotes in it; never longer than the word.</summary>
    public static int Unquote(ReadOnlySpan<byte> word, Span<byte> text)
    {
        var open = word.IndexOfAny((byte)'"', (byte)'\'');
        var quote = word[open];
        word[..open].CopyTo(text);
        var length = open;
        for (var i = open + 1; i < word.Length - 1; i++)
            text[length++] = IsEscape(word, i, quote) ? Escape(word, quote, ref i) : word[i];
        return length;
    }

    private static void SkipQuoted(ReadOnlySpan<byte> line, ref int at)
    {
        var quote = line[at++];
        while (at < line.Length && line[at] != quote)
            at += IsEscape(line, at, quote) ? 2 : 1;
        if (at >= line.Length || (at + 1 < line.Length && !IsBlank(line[at + 1])))
            throw new RespProtocolException("Protocol error: unbalanced quotes in request");
        at++;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text, int at, byte quote) =>
        text[at] == '\\' && at + 1 < text.Length && (quote == '"' || text[at + 1] == '\'');

    private static byte Escape(ReadOnlySpan<byte> word, byte quote, ref int i)
    {
        var next = word[++i];
        if (quote == '\'')
            return next;
        if (next == 'x' && i + 2 < word.Length
            && byte.TryParse(word.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            i += 2;
            return value;
        }

        return next switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => next,
        };
    }

    private static bool IsQuote(byte value) => value is (byte)'"' or (byte)'\'';

    private static bool EndsWord(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r';

    /// <summary>What may stand between words. The vertical ones do not end a word, as in Redis.</summary>
    private static bool IsBlank(byte value) => EndsWord(value) || value is (byte)'\v' or (byte)'\f';
}
