using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Tests.Workloads;

public sealed class ConversationWorkloadTests
{
    private const int Requests = 4_000;

    private static readonly ConversationShape Shape = new();

    [Fact]
    public void Requests_SameSeed_AreTheSame()
    {
        var workload = new ConversationWorkload(() => new Random(5), Shape);

        Assert.Equal(Chains(workload), Chains(workload));
        Assert.NotEqual(Chains(workload), Chains(new(() => new Random(6), Shape)));
    }

    [Fact]
    public void Requests_Each_BeginWithTheOneSharedBlock()
    {
        var prompts = Take();

        Assert.All(prompts, prompt => Assert.Equal(0, prompt.Blocks.Span[0]));
        Assert.All(prompts, prompt => Assert.DoesNotContain(0, prompt.Blocks.Span[1..].ToArray()));
    }

    [Fact]
    public void Requests_Chains_CoverTheirPrompts() =>
        Assert.All(Take(), prompt => Assert.Equal((prompt.InputTokens + Shape.BlockTokens - 1) / Shape.BlockTokens, prompt.Blocks.Length));

    [Fact]
    public void Requests_ABlock_AlwaysHasTheSameHistory()
    {
        var before = new Dictionary<long, long>();
        foreach (var prompt in Take())
        {
            var chain = prompt.Blocks.Span;
            for (var at = 1; at < chain.Length; at++)
            {
                Assert.Equal(chain[at - 1], before.GetValueOrDefault(chain[at], chain[at - 1]));
                before[chain[at]] = chain[at - 1];
            }
        }
    }

    [Fact]
    public void Requests_Shape_IsThatOfAChatService()
    {
        var prompts = Take();
        var seen = new HashSet<long>();
        long hits = 0, references = 0;
        foreach (var prompt in prompts)
        {
            var chain = prompt.Blocks.ToArray();
            hits += chain.TakeWhile(seen.Contains).Count();
            references += chain.Length;
            seen.UnionWith(chain);
        }

        Assert.InRange(prompts.Average(prompt => prompt.InputTokens), 9_000, 18_000);
        Assert.InRange(hits / (double)references, .3, .6);
    }

    private static List<InferenceRequest> Take() => [.. new ConversationWorkload(() => new Random(1), Shape).Requests.Take(Requests)];

    private static string Chains(ConversationWorkload workload) =>
        string.Join('|', workload.Requests.Take(200).Select(prompt => string.Join(',', prompt.Blocks.ToArray())));
}
