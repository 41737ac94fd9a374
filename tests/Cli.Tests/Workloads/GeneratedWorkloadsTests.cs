using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Tests.Workloads;

public sealed class GeneratedWorkloadsTests
{
    private const int Requests = GeneratedWorkloads.DefaultRequests;

    [Theory]
    [InlineData("three-prompts")]
    [InlineData("uniform")]
    public void Make_SameSeed_IsTheSame(string name)
    {
        Assert.Equal(Chains(name, 5), Chains(name, 5));
        Assert.NotEqual(Chains(name, 5), Chains(name, 6));
        Assert.Equal(200, GeneratedWorkloads.Make(name, 5, 200).RequestCount);
        Assert.Contains(name, GeneratedWorkloads.Names);
    }

    [Theory]
    [InlineData("three-prompts", 3.3)]
    [InlineData("uniform", 10)]
    public void Make_Times_BeginAtZeroAndGoOnAtTheirRate(string name, double perSecond)
    {
        var starts = GeneratedWorkloads.Make(name, 1, Requests).Requests.Select(request => request.Start).ToList();

        Assert.Equal(TimeSpan.Zero, starts[0]);
        Assert.Equal(starts.Order(), starts);
        Assert.InRange(Requests / starts[^1].TotalSeconds, perSecond * .95, perSecond * 1.05);
    }

    [Fact]
    public void ThreePrompts_FirstBlocks_HaveTheirShares()
    {
        var firsts = GeneratedWorkloads.Make("three-prompts", 1, Requests).Requests.CountBy(request => request.Blocks.Span[0]).ToDictionary();

        Assert.Equal([0, 1, 2], firsts.Keys.Order());
        Assert.Equal(.46, firsts[0] / (double)Requests, .02);
        Assert.Equal(.39, firsts[1] / (double)Requests, .02);
        Assert.Equal(.15, firsts[2] / (double)Requests, .02);
    }

    [Fact]
    public void ThreePrompts_BehindTheFirstBlock_IsReusedAsInConversations()
    {
        var (hits, references) = (0, 0);
        var seen = new HashSet<long>();
        foreach (var request in GeneratedWorkloads.Make("three-prompts", 1, Requests).Requests)
        {
            var own = request.Blocks[1..].ToArray();
            Assert.DoesNotContain(own, block => block < 3);
            hits += own.TakeWhile(seen.Contains).Count();
            references += own.Length;
            seen.UnionWith(own);
        }

        Assert.InRange(hits / (double)references, .25, .6);
        Assert.Equal(seen.Count + 3, GeneratedWorkloads.UniqueBlocksOf(GeneratedWorkloads.Make("three-prompts", 1, Requests)));
    }

    [Fact]
    public void Uniform_Blocks_AreEquallyLikely()
    {
        var uses = GeneratedWorkloads.Make("uniform", 1, Requests).Requests.SelectMany(request => request.Blocks.ToArray()).CountBy(block => block).ToDictionary();

        Assert.Equal(UniformWorkload.Documents * UniformWorkload.BlocksOfDocument, uses.Count);
        Assert.InRange(uses.Values.Max(), 10, 30); // 10 on average
    }

    private static string Chains(string name, int seed) => string.Join(
        '|', GeneratedWorkloads.Make(name, seed, 200).Requests.Select(request => $"{request.Start} {string.Join(',', request.Blocks.ToArray())}"));
}
