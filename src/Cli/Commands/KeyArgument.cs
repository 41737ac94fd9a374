using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Commands;

/// <summary>Reads a block key from the command line: its text, or <c>hex:</c> and its bytes.</summary>
internal static class KeyArgument
{
    private const string HexPrefix = "hex:";

    /// <exception cref="FormatException">It is not a key; the message says why.</exception>
    public static BlockKey Parse(string text)
    {
        try
        {
            return text.StartsWith(HexPrefix, StringComparison.Ordinal)
                ? BlockKey.From(Convert.FromHexString(text.AsSpan(HexPrefix.Length)))
                : BlockKey.From(text);
        }
        catch (FormatException error)
        {
            throw new FormatException($"what follows {HexPrefix} must be pairs of hex digits", error);
        }
        catch (ArgumentException)
        {
            throw new FormatException($"a block key has 1 to {BlockKey.MaxLength} bytes");
        }
    }
}
