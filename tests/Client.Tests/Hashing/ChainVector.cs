using System.Text.Json;
using KvOrleans.Client.Hashing;

namespace KvOrleans.Client.Tests.Hashing;

/// <summary>A case of vectors.json: what goes into a hasher, and the hashes that python computed.</summary>
public sealed record ChainVector(
    string Name, string Seed, string? Root, int BlockTokens, int[] Tokens, string? Lora, string? Salt, JsonElement[][]? MultiModal,
    string? Embeddings, int BytesPerToken, string[] Hashes)
{
    public PrefixHasher Hasher() => new(new()
    {
        BlockTokens = BlockTokens,
        HashSeed = Seed,
        Root = Root is null ? null : BlockHash.From(Convert.FromHexString(Root)),
        Model = new("model", "revision", "bfloat16", "NHD", BlockTokens),
    });

    public PrefixExtras Extras() => new()
    {
        LoraName = Lora,
        CacheSalt = Salt,
        MultiModal = [.. (MultiModal ?? []).Select(item => new MultiModalItem(item[0].GetString()!, item[1].GetInt32(), item[2].GetInt32()))],
        Embeddings = Embeddings is null ? null : new(Convert.FromHexString(Embeddings), BytesPerToken),
    };

    public override string ToString() => Name;
}
