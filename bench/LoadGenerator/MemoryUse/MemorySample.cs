namespace KvOrleans.LoadGenerator.MemoryUse;

/// <summary>A silo's memory at one moment.</summary>
/// <param name="When">What was done before.</param>
/// <param name="PayloadBytes">Payload bytes that the silo says it holds.</param>
/// <param name="ResidentBytes">Resident memory of its process.</param>
/// <param name="ArenaBytes">Its configured memory for blocks.</param>
internal sealed record MemorySample(string When, long PayloadBytes, long ResidentBytes, long ArenaBytes)
{
    public double ResidentToPayload => PayloadBytes > 0 ? (double)ResidentBytes / PayloadBytes : 0;

    public double PayloadToArena => (double)PayloadBytes / ArenaBytes;
}
