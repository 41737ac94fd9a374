using KvOrleans.Cli.Contents;
using KvOrleans.Cli.Replay;
using KvOrleans.Cli.Workloads;
using KvOrleans.Client;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>
/// Inference nodes of <c>kvo replay</c> on one client, each with chats of its own, one request at a time: what a node could hit does not depend on who is faster. Every byte that comes back is verified.
/// </summary>
internal sealed class ReplayedChats
{
    private const int Nodes = 4;
    private const int FillingRequests = 150;
    private const int BlockBytes = 16 << 10;
    private const string CouldNotTell = "match: the cache could not tell";

    // 300 open chats of some eleven blocks: 53 MiB. A turn's blocks have one holder until the next turn reads them, so it shows when a silo does not give its blocks away.
    private static readonly ConversationShape Shape = new() { OpenChats = 75, EndsAfterTurn = 0.1, OpeningTokens = 2048, TurnTokens = 1024, LongestPrompt = 8192 };

    private readonly int[] _served = new int[Nodes];
    private readonly InferenceNode[] _filling;
    private readonly InferenceNode[] _nodes;
    private readonly ReplayTotals _filled = new();

    /// <param name="cache">The cache.</param>
    /// <param name="fingerprint">Another one makes them other blocks.</param>
    public ReplayedChats(IPrefixCache cache, string fingerprint)
    {
        var content = new BlockContent();
        var options = new ReplayOptions { BlockBytes = BlockBytes, NodeMemoryBytes = 1 << 20 };
        _filling = MakeNodes(_filled);
        _nodes = MakeNodes(Totals);

        InferenceNode[] MakeNodes(ReplayTotals totals) =>
            [.. Enumerable.Range(0, Nodes).Select(node => new InferenceNode(cache, options, new($"{fingerprint}-{node}", BlockBytes), content, totals, TimeProvider.System))];
    }

    /// <summary>What all nodes have counted since the cache was filled.</summary>
    public ReplayTotals Totals { get; } = new();

    /// <summary>Whether each node has served so many requests that its chats are in the cache. Those before do not count for the hit ratio.</summary>
    public bool IsFull => _served.All(served => served > FillingRequests);

    public long WrongBytes => _filled.WrongBytes + Totals.WrongBytes;

    public double HitRatio => (double)Totals.BlockHits / Totals.BlockReferences;

    /// <summary>
    /// Matches that ended where no silo could say whether there is more, as an owner cannot that has just joined. That is no failure: the run before it is there and is read. What is computed in vain counts in the hit ratio.
    /// </summary>
    public long Unsure => Totals.Failures.GetValueOrDefault(CouldNotTell);

    /// <summary>All other calls that failed, reads and writes, by reason.</summary>
    public IEnumerable<KeyValuePair<string, long>> Failed => _filled.Failures.Concat(Totals.Failures).Where(failure => failure.Key != CouldNotTell);

    /// <summary>How many requests each node has served.</summary>
    public IReadOnlyList<int> Served => _served;

    /// <summary>The longest call of any kind.</summary>
    public TimeSpan Longest => new[] { Totals.Match, Totals.Read, Totals.Write }.Max(calls => calls.Percentile(1) ?? TimeSpan.Zero);

    /// <summary>Serves so many requests on each node, as fast as it can.</summary>
    public Task RunAsync(IReadOnlyList<int> requests) => Task.WhenAll(Enumerable.Range(0, Nodes).Select(node => Task.Run(async () =>
    {
        foreach (var request in RequestsOf(node).Take(requests[node]))
            await ServeAsync(node, request);
    })));

    /// <summary>Fills the cache as fast as it can, then serves one request each <paramref name="pause"/>, until it is told to stop.</summary>
    public Task RunAsync(TimeSpan pause, CancellationToken until) => Task.WhenAll(Enumerable.Range(0, Nodes).Select(node => Task.Run(
        async () =>
        {
            using var timer = new PeriodicTimer(pause);
            foreach (var request in RequestsOf(node))
            {
                if (until.IsCancellationRequested)
                    return;
                await ServeAsync(node, request);
                if (_served[node] > FillingRequests)
                    await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        },
        CancellationToken.None)));

    private static IEnumerable<InferenceRequest> RequestsOf(int node) => new ConversationWorkload(() => new(node), Shape).Requests;

    private async Task ServeAsync(int node, InferenceRequest request)
    {
        await (_served[node] < FillingRequests ? _filling : _nodes)[node].ServeAsync(request, CancellationToken.None);
        _served[node]++;
    }
}
