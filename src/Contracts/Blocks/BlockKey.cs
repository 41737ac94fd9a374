using System.IO.Hashing;
using System.Text;

namespace KvOrleans.Contracts.Blocks;

/// <summary>
/// The name of a block: 1 to <see cref="MaxLength"/> opaque bytes. Immutable, compared by content, safe to share between threads.
/// </summary>
/// <remarks>
/// Keys of the client library are <c>kv:model-fingerprint/hash</c>; a Redis client may use any bytes. A key may be a secret:
/// it never reaches logs or metric tags, and <see cref="ToString"/> shows its length only.
/// </remarks>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockKey")]
public readonly struct BlockKey : IEquatable<BlockKey>
{
    /// <summary>The longest key, in bytes.</summary>
    public const int MaxLength = 512;

    [Id(0)]
    private readonly byte[] _bytes;

    private BlockKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The key's bytes; empty for <c>default</c>, which is not a valid key.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The key's bytes, to keep across an <c>await</c>.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>The number of bytes; 0 for <c>default</c>.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>True for <c>default</c>, which names no block.</summary>
    public bool IsDefault => _bytes is null;

    /// <summary>Makes a key from a copy of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">The key is empty or longer than <see cref="MaxLength"/> bytes.</exception>
    public static BlockKey From(ReadOnlySpan<byte> bytes)
    {
        if (!IsValidLength(bytes.Length))
            throw new ArgumentException($"A block key has 1 to {MaxLength} bytes, this one has {bytes.Length}.", nameof(bytes));
        return new(bytes.ToArray());
    }

    /// <summary>Makes a key from the UTF-8 bytes of <paramref name="text"/>.</summary>
    /// <exception cref="ArgumentException">The key is empty or longer than <see cref="MaxLength"/> bytes.</exception>
    public static BlockKey From(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return From(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Whether a key may have <paramref name="length"/> bytes.</summary>
    public static bool IsValidLength(int length) => length is > 0 and <= MaxLength;

    /// <inheritdoc/>
    public bool Equals(BlockKey other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BlockKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)XxHash3.HashToUInt64(Span);

    /// <summary>The key's length, never its content: keys do not belong in logs.</summary>
    public override string ToString() => $"block key of {Length} bytes";

    /// <summary>Whether both keys have the same bytes.</summary>
    public static bool operator ==(BlockKey left, BlockKey right) => left.Equals(right);

    /// <summary>Whether the keys differ.</summary>
    public static bool operator !=(BlockKey left, BlockKey right) => !left.Equals(right);
}
