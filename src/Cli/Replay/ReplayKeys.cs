using System.Text;
using System.Text.Unicode;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Replay;

/// <summary>
/// Names the blocks of a replay: <c>kv:fingerprint-blockbytes/id</c>. The size is part of the name because content follows from the key,
/// and the same id replayed with another size is other content.
/// </summary>
internal sealed class ReplayKeys
{
    private const int HexDigits = 16;

    private readonly string _prefix;

    /// <exception cref="ArgumentException">The fingerprint makes keys that are too long.</exception>
    public ReplayKeys(string fingerprint, int blockBytes)
    {
        _prefix = $"kv:{fingerprint}-{blockBytes}/";
        if (!BlockKey.IsValidLength(Encoding.UTF8.GetByteCount(_prefix) + HexDigits))
            throw new ArgumentException($"The fingerprint is too long: a key has at most {BlockKey.MaxLength} bytes.", nameof(fingerprint));
    }

    /// <summary>The key of the block with this id.</summary>
    public BlockKey Of(long id)
    {
        Span<byte> key = stackalloc byte[BlockKey.MaxLength];
        Utf8.TryWrite(key, $"{_prefix}{id:x16}", out var length);
        return BlockKey.From(key[..length]);
    }

    /// <summary>The keys of a chain.</summary>
    public BlockKey[] Of(ReadOnlySpan<long> ids)
    {
        var keys = new BlockKey[ids.Length];
        for (var at = 0; at < ids.Length; at++)
            keys[at] = Of(ids[at]);
        return keys;
    }
}
