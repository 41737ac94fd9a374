using System.Numerics;

namespace KvOrleans.Cli.Traces;

/// <summary>How many tokens a block of a trace stands for. Traces do not say; it follows from prompt lengths and chain lengths.</summary>
/// <remarks>
/// Two conventions are in use: the chain covers the whole prompt and its last block may be partial, so that
/// <c>blocks = ⌈tokens / size⌉</c>; or it has full blocks only, <c>blocks = ⌊tokens / size⌋</c>. Each request bounds the size from both
/// sides. Taken is a power of two that fits every request by the first convention, else one by the second, else the smallest size that
/// fits by the first, else by the second. A trace that neither fits has no one size: then each request has its own, <c>⌈tokens / blocks⌉</c>.
/// </remarks>
internal static class BlockTokens
{
    /// <summary>The size that fits all of <paramref name="requests"/>; null when there is none.</summary>
    public static long? Infer(IEnumerable<TraceRequest> requests)
    {
        long partialLeast = 1, partialMost = long.MaxValue, fullLeast = 1, fullMost = long.MaxValue;
        var seen = false;
        foreach (var request in requests)
        {
            var (tokens, blocks) = (request.InputLength, request.BlockIds.LongLength);
            fullLeast = Math.Max(fullLeast, tokens / (blocks + 1) + 1);
            if (blocks == 0)
                continue;
            seen = true;
            fullMost = Math.Min(fullMost, tokens / blocks);
            partialLeast = Math.Max(partialLeast, CeilingOf(tokens, blocks));
            if (blocks > 1)
                partialMost = Math.Min(partialMost, (tokens - 1) / (blocks - 1));
        }

        if (!seen)
            return null;
        return PowerOfTwoWithin(partialLeast, partialMost) ?? PowerOfTwoWithin(fullLeast, fullMost)
            ?? LeastWithin(partialLeast, partialMost) ?? LeastWithin(fullLeast, fullMost);
    }

    /// <summary>The size to use for one request when the trace as a whole has none.</summary>
    public static long Of(TraceRequest request) =>
        request.BlockIds.Length == 0 ? 0 : CeilingOf(request.InputLength, request.BlockIds.LongLength);

    private static long? PowerOfTwoWithin(long least, long most)
    {
        var power = BitOperations.RoundUpToPowerOf2((ulong)least);
        return power <= (ulong)Math.Max(0, most) ? (long)power : null;
    }

    private static long? LeastWithin(long least, long most) => least <= most ? least : null;

    private static long CeilingOf(long tokens, long blocks) => (tokens + blocks - 1) / blocks;
}
