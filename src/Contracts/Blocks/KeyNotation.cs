using System.Text;

namespace KvOrleans.Contracts.Blocks;

/// <summary>A block key as a person writes and reads it: its text, or <c>hex:</c> and its bytes. For operators' eyes; never for logs.</summary>
public static class KeyNotation
{
    private const string HexPrefix = "hex:";

    /// <summary>Reads what a person wrote.</summary>
    /// <exception cref="FormatException">It is not a key; the message says why.</exception>
    public static BlockKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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

    /// <summary>What a person reads, and <see cref="Parse"/> takes: text where all of it can be seen, else hex.</summary>
    public static string Show(BlockKey key) => key.Span.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && !key.Span.StartsWith("hex:"u8)
        ? Encoding.ASCII.GetString(key.Span)
        : HexPrefix + Convert.ToHexStringLower(key.Span);
}
