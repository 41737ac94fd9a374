using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace KvOrleans.Client.Hashing;

/// <summary>The hash of a token block and of all tokens before it: 32 bytes. Immutable, compared by content.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct BlockHash : IEquatable<BlockHash>
{
    /// <summary>The number of bytes of a hash.</summary>
    public const int Size = 32;

    /// <summary>The number of hex digits of a hash.</summary>
    public const int HexLength = 2 * Size;

    private readonly UInt128 _first;
    private readonly UInt128 _second;

    /// <summary>The bytes, as SHA-256 gives them.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHash>(in this));

    /// <summary>Makes a hash of its bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not <see cref="Size"/> bytes long.</exception>
    public static BlockHash From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A block hash has {Size} bytes, this one has {bytes.Length}.", nameof(bytes));
        return MemoryMarshal.Read<BlockHash>(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(BlockHash other) => _first == other._first && _second == other._second;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BlockHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _first.GetHashCode();

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Whether both hashes have the same bytes.</summary>
    public static bool operator ==(BlockHash left, BlockHash right) => left.Equals(right);

    /// <summary>Whether the hashes differ.</summary>
    public static bool operator !=(BlockHash left, BlockHash right) => !left.Equals(right);
}
