namespace KvOrleans.Client.Hashing;

/// <summary>What a prompt's KV tensors depend on beside its token ids. Immutable when its lists are; then thread-safe.</summary>
public sealed class PrefixExtras
{
    /// <summary>The LoRA adapter's name, in the hash of every block; null, the default, for the base model. Never empty.</summary>
    public string? LoraName { get; init; }

    /// <summary>
    /// The prompt's images, videos and sounds in ascending order of <see cref="MultiModalItem.Offset"/>; none by default. An item is in the hash of
    /// each block that it overlaps.
    /// </summary>
    public IReadOnlyList<MultiModalItem> MultiModal { get; init; } = [];

    /// <summary>
    /// Keeps callers apart, in the hash of the first block and so of all that follow; null or empty, the default, for none. vLLM hashes a
    /// salt and a LoRA name alike, so a salt that equals an adapter's name shares that adapter's first block: use long random salts.
    /// </summary>
    public string? CacheSalt { get; init; }

    /// <summary>The prompt's embeddings, a digest of them in the hash of every block; null, the default, when the prompt was tokens alone.</summary>
    public PromptEmbeddings? Embeddings { get; init; }

    internal void Validate()
    {
        if (LoraName is { Length: 0 })
            throw new ArgumentException($"{nameof(LoraName)} is empty; use null for the base model.", "extras");
        ArgumentNullException.ThrowIfNull(MultiModal, "extras");

        var offset = 0;
        for (var i = 0; i < MultiModal.Count; i++)
        {
            var item = MultiModal[i];
            if (string.IsNullOrEmpty(item.Identifier) || item.Length < 1 || item.Offset < offset)
            {
                throw new ArgumentException(
                    $"{nameof(MultiModal)}[{i}] (offset {item.Offset}, length {item.Length}) must have an identifier, one token or more, and an offset of {offset} or more.",
                    "extras");
            }

            offset = item.Offset;
        }
    }
}
