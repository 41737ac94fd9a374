using System.Buffers;

namespace KvOrleans.Cli.Silos;

/// <summary>One option of the silos that are started, as the configuration names it.</summary>
/// <param name="Name">Its name, such as <c>Copies:Share</c>.</param>
/// <param name="Value">Its value, which the silo reads and judges.</param>
internal sealed record SiloOption(string Name, string Value)
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create(":0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Reads <c>NAME=VALUE</c>.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static SiloOption Parse(string text)
    {
        var at = text.IndexOf('=');
        if (at <= 0 || text.AsSpan(0, at).ContainsAnyExcept(NameCharacters))
            throw new FormatException($"'{text}' is not NAME=VALUE, such as Copies:Share=0");
        return new(text[..at], text[(at + 1)..]);
    }
}
