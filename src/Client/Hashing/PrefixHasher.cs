using System.Buffers;
using System.Formats.Cbor;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Hashing;

/// <summary>Turns a prompt's token ids into its prefix chain, hash by hash as vLLM's <c>sha256_cbor</c> does. Immutable and thread-safe.</summary>
/// <remarks>
/// <para>
/// A block's hash is SHA-256 of the canonical CBOR of <c>[parent's hash, [token ids…], extras]</c>. Only full blocks are hashed. The first block's
/// parent is the root, SHA-256 of the CBOR of the hash seed. Extras are null, or one array of the LoRA name, an <c>[identifier, offset]</c> pair for each
/// multimodal item that overlaps the block, the cache salt (first block only) and the digest of the block's prompt embeddings. An item's offset
/// counts from the block's start and is negative when the item began in an earlier block.
/// </para>
/// <para>
/// Source: vLLM 0.21.0, <c>vllm/v1/core/kv_cache_utils.py</c> and <c>vllm/utils/hashing.py</c>
/// (https://github.com/vllm-project/vllm/blob/v0.21.0/vllm/v1/core/kv_cache_utils.py). Hashes are vLLM's only when it runs with
/// <c>--prefix-caching-hash-algo sha256_cbor</c> and a <c>PYTHONHASHSEED</c>.
/// </para>
/// <para>A call allocates one encoder and its result, nothing per block.</para>
/// </remarks>
public sealed class PrefixHasher
{
    private readonly byte[] _keyPrefix;
    private readonly int _blockTokens;
    private readonly BlockHash _root;

    /// <summary>Makes a hasher.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message says which and how to mend it.</exception>
    public PrefixHasher(PrefixHasherOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.BlockTokens is < 1 or > PrefixHasherOptions.MaxBlockTokens)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.BlockTokens, $"{nameof(options.BlockTokens)} must be 1 to {PrefixHasherOptions.MaxBlockTokens}.");
        }

        if (options.Model is { } model && model.BlockTokens != options.BlockTokens)
        {
            throw new ArgumentException(
                $"{nameof(options.BlockTokens)} is {options.BlockTokens} but the model's is {model.BlockTokens}; make them equal.", nameof(options));
        }

        if (options.HashSeed is null && options.Root is null)
            throw new ArgumentException($"Set {nameof(options.HashSeed)} to the engine's PYTHONHASHSEED, or set {nameof(options.Root)}.", nameof(options));

        _blockTokens = options.BlockTokens;
        _root = options.Root ?? RootOf(options.HashSeed!);
        _keyPrefix = options.Model is null ? [] : Encoding.ASCII.GetBytes($"kv:{options.Model}/");
    }

    /// <summary>The first block's parent, vLLM's <c>NONE_HASH</c>.</summary>
    public BlockHash Root => _root;

    /// <summary>How many blocks <paramref name="tokens"/> tokens fill.</summary>
    public int CountBlocks(int tokens) => tokens / _blockTokens;

    /// <summary>Hashes the full blocks of a prompt.</summary>
    /// <param name="tokens">The prompt's token ids from the first on, each 0 or more. What does not fill a block is left out.</param>
    /// <param name="hashes">Takes the hashes in order; room for <see cref="CountBlocks"/> of them at least.</param>
    /// <param name="extras">What the KV tensors depend on beside the tokens; null for nothing.</param>
    /// <param name="known">How many leading <paramref name="hashes"/> are there already, from a call with the same beginning and extras: a chat that grew.</param>
    /// <returns>The number of full blocks.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token id is negative, or more blocks are known than the tokens fill.</exception>
    /// <exception cref="ArgumentException"><paramref name="hashes"/> is too short, or <paramref name="extras"/> are wrong.</exception>
    public int HashChain(ReadOnlySpan<int> tokens, Span<BlockHash> hashes, PrefixExtras? extras = null, int known = 0)
    {
        var blocks = CountBlocks(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(known);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(known, blocks);
        if (hashes.Length < blocks)
            throw new ArgumentException($"{tokens.Length} tokens fill {blocks} blocks, but there is room for {hashes.Length} hashes.", nameof(hashes));
        if (tokens.IndexOfAnyInRange(int.MinValue, -1) is >= 0 and var negative)
            throw new ArgumentOutOfRangeException(nameof(tokens), tokens[negative], $"Token {negative} is negative.");
        extras?.Validate();
        if (known == blocks)
            return blocks;

        var encoder = new BlockEncoder(extras, _blockTokens);
        var parent = known == 0 ? _root : hashes[known - 1];
        for (var block = known; block < blocks; block++)
        {
            var start = block * _blockTokens;
            encoder.Hash(parent.Span, tokens.Slice(start, _blockTokens), start, MemoryMarshal.AsBytes(hashes.Slice(block, 1)));
            parent = hashes[block];
        }

        return blocks;
    }

    /// <summary>The keys of a prompt's full blocks, in order: its prefix chain.</summary>
    /// <inheritdoc cref="HashChain" path="/param"/>
    /// <exception cref="InvalidOperationException">The options name no <see cref="PrefixHasherOptions.Model"/>.</exception>
    /// <inheritdoc cref="HashChain" path="/exception"/>
    public BlockKey[] Chain(ReadOnlySpan<int> tokens, PrefixExtras? extras = null) => Extend([], tokens, extras);

    /// <summary>The keys of a prompt that grew, as the next turn of a chat; only the new blocks are hashed.</summary>
    /// <param name="chain">What this hasher returned for the prompt's beginning, with the same extras as far as they concern those blocks.</param>
    /// <param name="tokens">All token ids, from the prompt's first on.</param>
    /// <param name="extras">What the KV tensors depend on beside the tokens; null for nothing.</param>
    /// <returns>The whole chain.</returns>
    /// <exception cref="InvalidOperationException">The options name no <see cref="PrefixHasherOptions.Model"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="chain"/> ends in a key that is not this hasher's, or <paramref name="extras"/> are wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is negative, or the chain is longer than the tokens fill.</exception>
    public BlockKey[] Extend(ReadOnlySpan<BlockKey> chain, ReadOnlySpan<int> tokens, PrefixExtras? extras = null)
    {
        EnsureModel();
        var blocks = CountBlocks(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chain.Length, blocks, nameof(chain));
        var hashes = ArrayPool<BlockHash>.Shared.Rent(blocks);
        try
        {
            if (chain.Length > 0)
                hashes[chain.Length - 1] = HashOf(chain[^1]);
            HashChain(tokens, hashes, extras, chain.Length);

            var keys = new BlockKey[blocks];
            chain.CopyTo(keys);
            for (var block = chain.Length; block < blocks; block++)
                keys[block] = KeyOf(hashes[block]);
            return keys;
        }
        finally
        {
            ArrayPool<BlockHash>.Shared.Return(hashes);
        }
    }

    /// <summary>The key of the block with this hash: <c>kv:fingerprint/hash</c>, both in lower-case hex.</summary>
    /// <exception cref="InvalidOperationException">The options name no <see cref="PrefixHasherOptions.Model"/>.</exception>
    public BlockKey KeyOf(BlockHash hash)
    {
        EnsureModel();
        Span<byte> key = stackalloc byte[BlockKey.MaxLength];
        _keyPrefix.CopyTo(key);
        Convert.TryToHexStringLower(hash.Span, key[_keyPrefix.Length..], out var written);
        return BlockKey.From(key[..(_keyPrefix.Length + written)]);
    }

    private BlockHash HashOf(BlockKey key)
    {
        Span<byte> hash = stackalloc byte[BlockHash.Size];
        if (key.Length != _keyPrefix.Length + BlockHash.HexLength || !key.Span.StartsWith(_keyPrefix)
            || Convert.FromHexString(key.Span[_keyPrefix.Length..], hash, out _, out _) != OperationStatus.Done)
        {
            throw new ArgumentException("The chain ends in a key of another model, or of no hasher.", "chain");
        }

        return BlockHash.From(hash);
    }

    private void EnsureModel()
    {
        if (_keyPrefix.Length == 0)
            throw new InvalidOperationException($"Keys name a model: set {nameof(PrefixHasherOptions)}.{nameof(PrefixHasherOptions.Model)}.");
    }

    private static BlockHash RootOf(string seed)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteTextString(seed);
        return BlockHash.From(SHA256.HashData(writer.Encode()));
    }
}
