namespace KvOrleans.LoadGenerator.Servers;

/// <summary>What a server is given.</summary>
/// <param name="MemoryBytes">Memory for its blocks.</param>
internal sealed record ServerNeeds(long MemoryBytes)
{
    private const long LeastMemory = 4L << 30;

    /// <summary>The same in MiB.</summary>
    public long MemoryMebibytes => MemoryBytes >> 20;

    /// <summary>Memory that leaves every server room for headers, rounding and rewriting.</summary>
    /// <param name="payloadBytes">Payload bytes of all its blocks together.</param>
    public static ServerNeeds ToHold(long payloadBytes) => new(Math.Max(LeastMemory, 2 * payloadBytes));
}
