using System.Globalization;
using System.IO.Hashing;

namespace KvOrleans.Contracts.Blocks;

/// <summary>The XXH3 (64-bit, seed 0) checksum of a block's bytes: taken on the way in, carried on every read.</summary>
/// <param name="Value">The hash.</param>
/// <remarks>It finds corruption, not malice. Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.</remarks>
[GenerateSerializer, Immutable, Alias("KvOrleans.BlockChecksum")]
public readonly record struct BlockChecksum([property: Id(0)] ulong Value)
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static BlockChecksum Of(ReadOnlySpan<byte> bytes) => new(XxHash3.HashToUInt64(bytes));

    /// <summary>The checksum of what was appended to <paramref name="hash"/>, which must have seed 0.</summary>
    public static BlockChecksum Of(XxHash3 hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        return new(hash.GetCurrentHashAsUInt64());
    }

    /// <summary>16 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
