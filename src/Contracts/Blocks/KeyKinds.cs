using System.Text;
using System.Text.RegularExpressions;

namespace KvOrleans.Contracts.Blocks;

/// <summary>Tells write-once keys from overwritable ones. Immutable and thread-safe.</summary>
/// <remarks>
/// A key is write-once when it begins with <c>kv:</c>, as all of the client library's do, or when it has the shape of an
/// inference engine's key. Shapes are regular expressions over the key's bytes, read as Latin-1; they run in time linear in the key.
/// </remarks>
public sealed class KeyKinds
{
    /// <summary>
    /// The shapes known from the start: LMCache's <c>model@worldSize@worker@hash@dtype…</c> and its older
    /// <c>format@model@worldSize@worker@hash…</c>.
    /// </summary>
    public static readonly IReadOnlyList<string> DefaultShapes =
    [
        "^[^@]+@[0-9]+@[0-9]+@-?[0-9a-f]+@",
        "^[^@]+@[^@]+@[0-9]+@[0-9]+@-?[0-9a-f]+",
    ];

    private readonly Regex[] _shapes;

    /// <summary>Kinds by the given shapes, beside the prefix <c>kv:</c>.</summary>
    /// <exception cref="ArgumentException">A shape is not a regular expression, or uses a construct that needs backtracking.</exception>
    public KeyKinds(IEnumerable<string> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        _shapes = [.. shapes.Select(Compile)];
    }

    /// <summary>Kinds by <see cref="DefaultShapes"/>.</summary>
    public static KeyKinds Default { get; } = new(DefaultShapes);

    /// <summary>The kind of <paramref name="key"/>.</summary>
    public BlockKind Of(ReadOnlySpan<byte> key)
    {
        if (key.StartsWith("kv:"u8))
            return BlockKind.WriteOnce;
        if (_shapes.Length == 0 || key.Length > BlockKey.MaxLength)
            return BlockKind.Overwritable;

        Span<char> text = stackalloc char[key.Length];
        Encoding.Latin1.GetChars(key, text);
        foreach (var shape in _shapes)
        {
            if (shape.IsMatch(text))
                return BlockKind.WriteOnce;
        }

        return BlockKind.Overwritable;
    }

    private static Regex Compile(string shape)
    {
        try
        {
            return new(shape, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"'{shape}' is not a key shape: {error.Message}", nameof(shape), error);
        }
    }
}
