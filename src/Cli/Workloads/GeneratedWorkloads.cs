namespace KvOrleans.Cli.Workloads;

/// <summary>Workloads that stand in for a trace: the same for the same seed.</summary>
internal static class GeneratedWorkloads
{
    /// <summary>Requests, when nobody says how many.</summary>
    public const int DefaultRequests = 10_000;

    private const string ThreePrompts = "three-prompts";
    private const string Uniform = "uniform";

    /// <summary>A chat service as recorded: this many prompts a second.</summary>
    private const double PromptsPerSecond = 3.3;

    /// <summary>What each is called.</summary>
    public static IReadOnlyList<string> Names { get; } = [ThreePrompts, Uniform];

    /// <summary>Makes one.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">What it is a function of.</param>
    /// <param name="requests">How many requests it has.</param>
    public static IWorkload Make(string name, int seed, int requests) => new FirstRequests(Endless(name, () => new Random(seed)), requests);

    /// <summary>How many different blocks a workload with an end has.</summary>
    public static long UniqueBlocksOf(IWorkload workload)
    {
        var seen = new HashSet<long>();
        foreach (var request in workload.Requests)
            seen.UnionWith(request.Blocks.ToArray());
        return seen.Count;
    }

    private static IWorkload Endless(string name, Func<Random> random) => name switch
    {
        // Three system prompts, in 46, 39 and 15 % of the requests.
        ThreePrompts => new ConversationWorkload(random, new() { SystemPrompts = [46, 39, 15], PromptsPerSecond = PromptsPerSecond }, ThreePrompts),
        Uniform => new UniformWorkload(random),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such workload."),
    };
}
