using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Rendering;

/// <summary>Keys as tables show them.</summary>
internal static class KeyText
{
    private const int Longest = 40;

    /// <summary>The key as it may be given; of a long one the end, which tells blocks apart.</summary>
    public static string Short(BlockKey key)
    {
        var text = KeyNotation.Show(key);
        return text.Length <= Longest ? text : "…" + text[^(Longest - 1)..];
    }
}
