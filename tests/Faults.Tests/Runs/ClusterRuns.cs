using KvOrleans.Faults.Tests.Networks;

namespace KvOrleans.Faults.Tests.Runs;

/// <summary>What the tests with clusters share: one cluster at a time has the machine.</summary>
internal static class ClusterRuns
{
    public const string Name = "clusters";

    /// <summary>What the slowest machine may take until every key answers again once all its silos run; the time itself is told.</summary>
    public static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(30);

    /// <summary>One that can be cut, where that can be had.</summary>
    public static INodeNetwork Network() => NamespaceNetwork.TryCreate(out _) is { } cuttable ? cuttable : new LoopbackNetwork();
}
