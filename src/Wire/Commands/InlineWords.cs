using System.Globalization;

namespace KvOrleans.Wire.Commands;

/// <summary>Splits an inline command as Redis does: blanks part words, double quotes know escapes, single quotes only <c>\'</c>.</summary>
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
        var quoted = false;
        while (at < line.Length && !IsBlank(line[at]))
        {
            if (line[at] is (byte)'"' or (byte)'\'')
            {
                quoted = true;
                SkipQuoted(line, ref at);
            }
            else
            {
                at++;
            }
        }

        word = new(start, at - start, quoted);
        return true;
    }

    /// <summary>The text of a word with quotes in it; never longer than the word.</summary>
    public static int Unquote(ReadOnlySpan<byte> word, Span<byte> text)
    {
        var length = 0;
        byte quote = 0;
        for (var i = 0; i < word.Length; i++)
        {
            var current = word[i];
            if (quote == 0 && current is (byte)'"' or (byte)'\'' && quote == 0)
                quote = current;
            else if (current == quote)
                quote = 0;
            else if (current == '\\' && quote != 0 && i + 1 < word.Length)
                text[length++] = Escape(word, quote, ref i);
            else
                text[length++] = current;
        }

        return length;
    }

    private static void SkipQuoted(ReadOnlySpan<byte> line, ref int at)
    {
        var quote = line[at++];
        while (at < line.Length && line[at] != quote)
            at += line[at] == '\\' && at + 1 < line.Length ? 2 : 1;
        if (at >= line.Length || (at + 1 < line.Length && !IsBlank(line[at + 1])))
            throw new RespProtocolException("Protocol error: unbalanced quotes in request");
        at++;
    }

    private static byte Escape(ReadOnlySpan<byte> word, byte quote, ref int i)
    {
        var next = word[++i];
        if (quote == '\'')
        {
            if (next == '\'')
                return next;
            i--;
            return (byte)'\\';
        }

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

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f' or (byte)'\r';
}
