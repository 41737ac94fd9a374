using KvOrleans.Client.News;

namespace KvOrleans.Client.Digests;

/// <summary>What the digests of all silos have in common.</summary>
/// <param name="Budget">Their memory.</param>
/// <param name="Activity">Whether anybody needs them.</param>
/// <param name="Clock">What is fresh and what is not, over suspensions too.</param>
/// <param name="Time">Pauses.</param>
internal sealed record Digesting(DigestBudget Budget, CallActivity Activity, TimeProvider Clock, TimeProvider Time)
{
    /// <summary>For digests of <paramref name="bytes"/> bytes together.</summary>
    public static Digesting Of(long bytes, TimeProvider clock, TimeProvider time) => new(new(bytes), new(clock), clock, time);
}
