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

    private static readonly int MostBlocks = Sha256Lanes.BlocksOf(DefaultHead.Length + BlockKey.MaxLength);

    /// <summary>What is hashed before a key of the default tenant.</summary>
    private static ReadOnlySpan<byte> DefaultHead => "\0\0\0\u0007default"u8;

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

    /// <summary>The ids of <paramref name="keys"/> in the default tenant; of many keys much faster than one after the other.</summary>
    /// <param name="keys">Keys of any lengths; those of a like length that lie side by side are hashed side by side.</param>
    /// <param name="ids">Gets one id a key.</param>
    /// <exception cref="ArgumentException"><paramref name="ids"/> is shorter than <paramref name="keys"/>.</exception>
    public static void Of(ReadOnlySpan<BlockKey> keys, Span<KeyId> ids)
    {
        if (ids.Length < keys.Length)
            throw new ArgumentException($"There are {keys.Length} keys and room for {ids.Length} ids.", nameof(ids));
        Of(new BlockKeyRun(keys), 0, ids[..keys.Length]);
    }

    /// <summary>The ids of as many keys of a run as there is room for.</summary>
    /// <param name="keys">The run.</param>
    /// <param name="first">The first key to be hashed.</param>
    /// <param name="ids">Gets one id a key.</param>
    internal static void Of<TKeys>(in TKeys keys, int first, Span<KeyId> ids)
        where TKeys : struct, IKeyRun, allows ref struct
    {
        Span<byte> messages = stackalloc byte[Sha256Lanes.Count * MostBlocks * Sha256Lanes.BlockBytes];
        for (var (done, count) = (0, 1); done < ids.Length; done += count)
        {
            count = Sha256Lanes.IsFast ? CountAlike(keys, first + done, ids.Length - done) : 1;
            if (count > 1)
                OfAlike(keys, first + done, messages, ids.Slice(done, count));
            else
                ids[done] = Of(keys[first + done]);
        }
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

    /// <summary>How many of the next keys can be hashed side by side: those that take equally many blocks.</summary>
    private static int CountAlike<TKeys>(in TKeys keys, int first, int most)
        where TKeys : struct, IKeyRun, allows ref struct
    {
        var blocks = Sha256Lanes.BlocksOf(DefaultHead.Length + keys[first].Length);
        var count = 1;
        while (count < Math.Min(most, Sha256Lanes.Count) && Sha256Lanes.BlocksOf(DefaultHead.Length + keys[first + count].Length) == blocks)
            count++;
        return count;
    }

    /// <summary>Lanes without a key hash what is left there.</summary>
    private static void OfAlike<TKeys>(in TKeys keys, int first, Span<byte> messages, Span<KeyId> ids)
        where TKeys : struct, IKeyRun, allows ref struct
    {
        var blocks = Sha256Lanes.BlocksOf(DefaultHead.Length + keys[first].Length);
        messages = messages[..(Sha256Lanes.Count * blocks * Sha256Lanes.BlockBytes)];
        for (var i = 0; i < ids.Length; i++)
        {
            var key = keys[first + i];
            var message = messages.Slice(i * blocks * Sha256Lanes.BlockBytes, blocks * Sha256Lanes.BlockBytes);
            DefaultHead.CopyTo(message);
            key.CopyTo(message[DefaultHead.Length..]);
            Sha256Lanes.Pad(message, DefaultHead.Length + key.Length);
        }

        Span<UInt128> hashes = stackalloc UInt128[Sha256Lanes.Count];
        Sha256Lanes.Hash(messages, blocks, hashes);
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new(hashes[i]);
    }
}
