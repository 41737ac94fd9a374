namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>What is written.</summary>
/// <param name="Count">How many keys.</param>
/// <param name="PayloadBytes">The length of each value.</param>
/// <param name="Writers">How many write side by side, each with one batch under way.</param>
/// <param name="Pipeline">Keys in a batch.</param>
/// <param name="Slices">Parts of the keys: each is written to every server before the next.</param>
internal sealed record KeysLoad(int Count, int PayloadBytes, int Writers, int Pipeline, int Slices)
{
    /// <summary>Payload bytes of all keys together.</summary>
    public long Bytes => (long)Count * PayloadBytes;

    /// <summary>How many keys are written after that many slices.</summary>
    public int WrittenAfter(int slices) => (int)((long)Count * slices / Slices);
}
