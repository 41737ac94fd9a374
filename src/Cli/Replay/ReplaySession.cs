using System.Net;
using KvOrleans.Cli.Balance;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Incidents;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Silos;
using KvOrleans.Cli.Sizes;
using KvOrleans.Client;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Replay;

/// <summary>Carries a plan out: silos up, nodes connected, workload replayed and shown, everything ended again.</summary>
internal sealed class ReplaySession(ICacheConnector connector, IReplayDisplay display, TimeProvider time)
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StatusDeadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StatusPause = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan MapPause = TimeSpan.FromMilliseconds(100);

    private SiloUse? _use;
    private long _useTaken;

    /// <summary>Replays <paramref name="plan"/>. When it is cancelled half-way, the report is of what was served and says so.</summary>
    /// <exception cref="SiloException">A silo did not start.</exception>
    /// <exception cref="CacheException">The cluster could not be reached.</exception>
    public async Task<ReplayReport> RunAsync(ReplayPlan plan, CancellationToken cancellationToken)
    {
        await using var own = plan.Gateways is null ? await StartSilosAsync(plan, cancellationToken) : null;
        var clients = new List<IPrefixCache>();
        using var counters = new ClientCounters();
        try
        {
            var gateways = plan.Gateways ?? own!.Gateways;
            var watcher = await ConnectAsync(clients, gateways, connections: 1, digests: false, own, cancellationToken);
            for (var node = 0; node < plan.Nodes; node++)
                await ConnectAsync(clients, gateways, Math.Max(4, plan.Options.WritesInFlight), plan.Digests, own, cancellationToken);

            using var hedges = new HedgeWatch();
            var engine = new ReplayEngine(clients[1..], plan.Workload, plan.Options, time);
            display.Say($"Replaying {plan.Workload.Name} on {plan.Nodes} inference node{(plan.Nodes == 1 ? "" : "s")}, blocks of {ByteSize.Format(plan.Options.BlockBytes)} …");
            using var ended = new CancellationTokenSource();
            var runner = own is null ? null : new IncidentRunner(own, watcher, display.Say, time);
            var incidents = runner?.RunAsync(plan.Incidents, () => engine.Elapsed, ended.Token, cancellationToken) ?? Task.CompletedTask;
            var balance = new BalanceWatch(watcher, BalanceWindows.For(plan.Options.Speedup, plan.BalanceWarmUp), time);
            var balancing = balance.RunAsync(ended.Token);
            var complete = await ReplayAsync(engine, plan, watcher, cancellationToken);
            var duration = engine.Elapsed;
            await ended.CancelAsync();
            await balancing;
            if (complete)
                await incidents;
            var use = complete ? await UseOfAsync(watcher) : null;
            return ReplayReport.Of(plan.Workload.Name, complete, plan.Nodes, plan.Options, engine.Totals, duration, use).With(counters) with
            {
                HedgedBytes = hedges.Bytes,
                Balance = balance.Balance,
                ExtraCopies = balance.ExtraCopies,
                Incidents = runner?.Reports ?? [],
            };
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        }
    }

    private async Task<LocalCluster> StartSilosAsync(ReplayPlan plan, CancellationToken cancellationToken)
    {
        display.Say($"Starting {plan.Silos} silo{(plan.Silos == 1 ? "" : "s")} with {ByteSize.Format(plan.SiloMemoryBytes)} of memory{(plan.Silos == 1 ? "" : " each")} …");
        var started = time.GetTimestamp();
        var cluster = await LocalCluster.StartAsync(plan.Silos, plan.SiloMemoryBytes, plan.Redis, plan.SiloOptions, cancellationToken);
        display.Say($"Ready after {Numbers.Seconds(time.GetElapsedTime(started))}; Orleans gateway at {string.Join(", ", cluster.Gateways)}.");
        return cluster;
    }

    private async Task<IPrefixCache> ConnectAsync(
        List<IPrefixCache> clients, IReadOnlyList<IPEndPoint> gateways, int connections, bool digests, LocalCluster? own, CancellationToken cancellationToken)
    {
        var client = connector.Connect(gateways, connections, own?.ClusterId, digests);
        clients.Add(client);
        await client.WaitUntilReadyAsync(ReadyDeadline, cancellationToken);
        if (own?.Count > 1)
            await WaitForMapAsync(client, own.Count, cancellationToken);
        return client;
    }

    private async Task WaitForMapAsync(IPrefixCache client, int silos, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var found = (await client.GetMapAsync(cancellationToken: cancellationToken)).Silos.Length;
            if (found == silos)
                return;
            if (time.GetElapsedTime(started) > ReadyDeadline)
                throw new CacheException($"After {ReadyDeadline.TotalSeconds:0} s the cluster map has {found} of the {silos} silos that were started.");
            await Task.Delay(MapPause, time, cancellationToken);
        }
    }

    private async Task<bool> ReplayAsync(ReplayEngine engine, ReplayPlan plan, IPrefixCache watcher, CancellationToken cancellationToken)
    {
        var replay = engine.RunAsync(cancellationToken);
        await display.FollowAsync(
            async () =>
            {
                if (_useTaken == 0 || time.GetElapsedTime(_useTaken) >= StatusPause)
                {
                    _use = await UseOfAsync(watcher) ?? _use;
                    _useTaken = time.GetTimestamp();
                }

                return ReplayProgress.Of(engine, plan.Workload.RequestCount, _use);
            },
            replay);
        try
        {
            await replay;
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<SiloUse?> UseOfAsync(IPrefixCache watcher)
    {
        try
        {
            return SiloUse.Of(await watcher.GetStatusAsync(StatusDeadline));
        }
        catch (CacheException)
        {
            return null;
        }
    }
}
