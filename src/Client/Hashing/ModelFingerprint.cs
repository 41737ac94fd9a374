using System.Formats.Cbor;
using System.Security.Cryptography;

namespace KvOrleans.Client.Hashing;

/// <summary>All that makes two KV tensors of the same tokens incompatible. Immutable and thread-safe.</summary>
/// <remarks>
/// The fingerprint is the first 128 bits of SHA-256 of the canonical CBOR (RFC 8949 §4.2.1) of
/// <c>["kvorleans.model.1", id, revision, dtype, layout, block tokens, TP rank, TP size]</c>, so no two models are mistaken for each other.
/// </remarks>
public sealed record ModelFingerprint
{
    private const string Scheme = "kvorleans.model.1";
    private const int FingerprintBytes = 16;

    private readonly string _hex;

    /// <summary>Describes a model as one tensor-parallel rank holds it.</summary>
    /// <param name="modelId">The model, as <c>meta-llama/Llama-3-8B</c>; not empty.</param>
    /// <param name="revision">The revision of its weights, best a commit; not empty.</param>
    /// <param name="dtype">The KV tensors' element type, as <c>bfloat16</c>; not empty.</param>
    /// <param name="layout">How the engine lays a block out, as <c>NHD</c>; whatever differs between engines that do not read each other's; not empty.</param>
    /// <param name="blockTokens">Tokens in a block; 1 to <see cref="PrefixHasherOptions.MaxBlockTokens"/>.</param>
    /// <param name="tensorParallelRank">This rank; 0 to <paramref name="tensorParallelSize"/> − 1.</param>
    /// <param name="tensorParallelSize">How many ranks share the model; 1 or more.</param>
    /// <exception cref="ArgumentException">A text is empty or not valid Unicode.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ModelFingerprint(
        string modelId, string revision, string dtype, string layout, int blockTokens, int tensorParallelRank = 0, int tensorParallelSize = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelId);
        ArgumentException.ThrowIfNullOrEmpty(revision);
        ArgumentException.ThrowIfNullOrEmpty(dtype);
        ArgumentException.ThrowIfNullOrEmpty(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockTokens, PrefixHasherOptions.MaxBlockTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(tensorParallelSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(tensorParallelRank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tensorParallelRank, tensorParallelSize);

        ModelId = modelId;
        Revision = revision;
        Dtype = dtype;
        Layout = layout;
        BlockTokens = blockTokens;
        TensorParallelRank = tensorParallelRank;
        TensorParallelSize = tensorParallelSize;
        _hex = Compute();
    }

    /// <summary>The model.</summary>
    public string ModelId { get; }

    /// <summary>The revision of its weights.</summary>
    public string Revision { get; }

    /// <summary>The KV tensors' element type.</summary>
    public string Dtype { get; }

    /// <summary>How the engine lays a block out.</summary>
    public string Layout { get; }

    /// <summary>Tokens in a block.</summary>
    public int BlockTokens { get; }

    /// <summary>This tensor-parallel rank, from 0.</summary>
    public int TensorParallelRank { get; }

    /// <summary>How many ranks share the model.</summary>
    public int TensorParallelSize { get; }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => _hex;

    private string Compute()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(8);
        writer.WriteTextString(Scheme);
        writer.WriteTextString(ModelId);
        writer.WriteTextString(Revision);
        writer.WriteTextString(Dtype);
        writer.WriteTextString(Layout);
        writer.WriteInt32(BlockTokens);
        writer.WriteInt32(TensorParallelRank);
        writer.WriteInt32(TensorParallelSize);
        writer.WriteEndArray();
        return Convert.ToHexStringLower(SHA256.HashData(writer.Encode()).AsSpan(0, FingerprintBytes));
    }
}
