namespace KvOrleans.Wire.Tests.Commands;

/// <summary>A command: its arguments, and the bytes that say it.</summary>
internal sealed record SentCommand(byte[][] Arguments, byte[] Bytes)
{
    private const string Blanks = " \t\r\n\v\f";

    public static SentCommand Array(byte[][] arguments) => new(
        arguments,
        [
            .. Latin1.Bytes($"*{arguments.Length}\r\n"),
            .. arguments.SelectMany(static argument => (byte[])[.. Latin1.Bytes($"${argument.Length}\r\n"), .. argument, .. "\r\n"u8]),
        ]);

    /// <summary>One line. How an argument is quoted: 0 not if it can be helped, 1 with single quotes if possible, 2 with double quotes.</summary>
    public static SentCommand Inline((byte[] Bytes, int Quoting)[] arguments, string blank, string lineEnd)
    {
        var words = arguments.Select((argument, i) => Word(Latin1.Text(argument.Bytes), argument.Quoting, i == 0));
        return new([.. arguments.Select(static argument => argument.Bytes)], Latin1.Bytes(blank + string.Join(blank, words) + lineEnd));
    }

    private static string Word(string text, int quoting, bool first)
    {
        var plain = text.Length > 0 && text.IndexOfAny([.. Blanks, '"', '\'']) < 0 && !(first && text[0] == '*');
        if (quoting == 0 && plain)
            return text;
        if (quoting == 1 && text.IndexOfAny(['\n', '\\']) < 0)
            return "'" + text.Replace("'", "\\'") + "'";
        if (quoting == 1 && text.Length > 2 && text[..2].All(static character => char.IsAsciiLetter(character)))
            return text[..2] + Quoted(text[2..]);
        return Quoted(text);
    }

    private static string Quoted(string text) => "\"" + string.Concat(text.Select(static character => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\a' => "\\a",
        '\b' => "\\b",
        < ' ' => $"\\x{(int)character:x2}",
        > '\x7e' => $"\\x{(int)character:X2}",
        _ => character.ToString(),
    })) + "\"";
}
