using System.Net;
using KvOrleans.Cli.Balance;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Workloads;

namespace KvOrleans.Cli.Replay;

/// <summary>What to replay, with what, against what.</summary>
/// <param name="Workload">The requests.</param>
/// <param name="Options">How they are replayed.</param>
/// <param name="Nodes">Inference nodes, 1 or more.</param>
/// <param name="Silos">Silos to start, when <paramref name="Gateways"/> names no cluster.</param>
/// <param name="SiloMemoryBytes">The memory of each.</param>
/// <param name="Gateways">A cluster's gateways; null to start silos.</param>
internal sealed record ReplayPlan(
    IWorkload Workload, ReplayOptions Options, int Nodes, int Silos, long SiloMemoryBytes, IReadOnlyList<IPEndPoint>? Gateways)
{
    /// <summary>A Redis for the membership of the silos that are started; null: the first of them holds it.</summary>
    public string? Redis { get; init; }

    /// <summary>Options of the silos that are started.</summary>
    public IReadOnlyList<SiloOption> SiloOptions { get; init; } = [];

    /// <summary>What is done to the silos that are started, while they serve.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>What of the beginning does not count when it is told how evenly the silos served, in the workload's time.</summary>
    public TimeSpan BalanceWarmUp { get; init; } = BalanceWindows.DefaultWarmUp;

    /// <summary>Whether nodes keep the silos' digests.</summary>
    public bool Digests { get; init; } = true;
}
