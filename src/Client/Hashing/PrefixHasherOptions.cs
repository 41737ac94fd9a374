namespace KvOrleans.Client.Hashing;

/// <summary>Settings of <see cref="PrefixHasher"/>. Checked when the hasher is made.</summary>
public sealed class PrefixHasherOptions
{
    /// <summary>The most tokens that a block may have.</summary>
    public const int MaxBlockTokens = 65_536;

    /// <summary>Tokens in a block; must be the engine's. Default: 16. 1 to <see cref="MaxBlockTokens"/>.</summary>
    public int BlockTokens { get; init; } = 16;

    /// <summary>
    /// The engine's <c>PYTHONHASHSEED</c>, from which the first block's parent is made. Default: <c>0</c>. An engine that runs without that
    /// variable draws its own root, and shares blocks with nobody. Ignored when <see cref="Root"/> is set.
    /// </summary>
    public string HashSeed { get; init; } = "0";

    /// <summary>The first block's parent itself; null, the default, to make it from <see cref="HashSeed"/>.</summary>
    public BlockHash? Root { get; init; }

    /// <summary>
    /// The model that the KV tensors are of; its fingerprint is in every key. Null, the default, for a hasher that makes hashes and no keys.
    /// Its <see cref="ModelFingerprint.BlockTokens"/> must equal <see cref="BlockTokens"/>.
    /// </summary>
    public ModelFingerprint? Model { get; init; }
}
