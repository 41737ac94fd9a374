namespace KvOrleans.Cli.Workloads;

/// <summary>Many documents that are asked for equally often: nothing is hot. Endless, and a function of the seed.</summary>
internal sealed class UniformWorkload(Func<Random> random) : IWorkload
{
    /// <summary>Different documents.</summary>
    public const int Documents = 1_000;

    /// <summary>Blocks of each.</summary>
    public const int BlocksOfDocument = 4;

    private const int BlockTokens = 512;
    private const double PromptsPerSecond = 10;

    /// <inheritdoc/>
    public string Name => "uniform";

    /// <inheritdoc/>
    public long? RequestCount => null;

    /// <inheritdoc/>
    public IEnumerable<InferenceRequest> Requests
    {
        get
        {
            var dice = random();
            for (var start = TimeSpan.Zero; ; start += Arrivals.Pause(dice, PromptsPerSecond))
            {
                var first = (long)dice.Next(Documents) * BlocksOfDocument;
                yield return new(start, Enumerable.Range(0, BlocksOfDocument).Select(at => first + at).ToArray(), BlocksOfDocument * BlockTokens, BlockTokens);
            }
        }
    }
}
