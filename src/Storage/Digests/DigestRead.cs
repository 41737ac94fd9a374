namespace KvOrleans.Storage.Digests;

/// <summary>What a read of the digest found, beside the blocks.</summary>
/// <param name="Generation">Names the filter that was read. Never 0.</param>
/// <param name="Number">Of the last change before the blocks were read.</param>
/// <param name="Blocks">The filter's blocks in all.</param>
/// <param name="Next">From which block to go on; 0: that was all.</param>
/// <param name="Changes">How many blocks were copied.</param>
public readonly record struct DigestRead(ulong Generation, long Number, int Blocks, int Next, int Changes);
