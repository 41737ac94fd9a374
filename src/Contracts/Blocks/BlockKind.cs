namespace KvOrleans.Contracts.Blocks;

/// <summary>Which of the two promises a key has. The kind is a function of the key alone, never of the command.</summary>
public enum BlockKind
{
    /// <summary>A register with versions, held by its owner alone. It may be lost at any moment; nothing older ever returns.</summary>
    Overwritable = 0,

    /// <summary>Content follows from the key, as every KV block's does: the first writer wins, any holder may serve.</summary>
    WriteOnce = 1,
}
