using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KvOrleans.Contracts.Blocks;

/// <summary>
/// The first 128 bits of SHA-256(tenant, key): what placement hashes and, in hex, what names the block's grain.
/// </summary>
/// <param name="Value">The 128 bits, big-endian.</param>
/// <remarks>
/// The hashed bytes are the tenant's UTF-8 length as 4 bytes big-endian, the tenant's UTF-8 bytes, then the key, so that no
/// tenant and key can be mistaken for another pair. Golden tests pin the result for good.
/// </remarks>
[GenerateSerializer, Immutable, Alias("KvOrleans.KeyId")]
public readonly record struct KeyId([property: Id(0)] UInt128 Value)
{
    /// <summary>The tenant of every key until connections carry users.</summary>
    public const string DefaultTenant = "default";

    private const int LongestTenant = 64;

    /// <summary>The id of <paramref name="key"/> in <paramref name="tenant"/>.</summary>
    /// <exception cref="ArgumentException">The tenant is empty or longer than 64 UTF-8 bytes.</exception>
    public static KeyId Of(ReadOnlySpan<byte> key, string tenant = DefaultTenant)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        var tenantLength = Encoding.UTF8.GetByteCount(tenant);
        if (tenantLength > LongestTenant)
            throw new ArgumentException($"A tenant has at most {LongestTenant} UTF-8 bytes, this one has {tenantLength}.", nameof(tenant));
        if (key.Length > BlockKey.MaxLength)
            throw new ArgumentException($"A block key has at most {BlockKey.MaxLength} bytes, this one has {key.Length}.", nameof(key));

        Span<byte> input = stackalloc byte[sizeof(int) + LongestTenant + BlockKey.MaxLength];
        BinaryPrimitives.WriteInt32BigEndian(input, tenantLength);
        Encoding.UTF8.GetBytes(tenant, input[sizeof(int)..]);
        key.CopyTo(input[(sizeof(int) + tenantLength)..]);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(sizeof(int) + tenantLength + key.Length)], digest);
        return new(BinaryPrimitives.ReadUInt128BigEndian(digest));
    }

    /// <summary>Reads the 32 hex digits of <see cref="ToString"/>.</summary>
    /// <returns>False when <paramref name="text"/> is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyId id)
    {
        var parsed = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text.Length == 32;
        id = parsed ? new(value) : default;
        return parsed;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
