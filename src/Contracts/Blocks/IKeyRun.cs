namespace KvOrleans.Contracts.Blocks;

/// <summary>Keys in a row, wherever their bytes are.</summary>
internal interface IKeyRun
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>One's bytes.</summary>
    ReadOnlySpan<byte> this[int index] { get; }
}
