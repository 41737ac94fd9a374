using System.Diagnostics;
using k8s.Models;
using KvOrleans.Cli.Incidents;
using KvOrleans.Client;
using KvOrleans.Client.Control;
using KvOrleans.Contracts.Errors;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Kubernetes.Tests.Silos;
using KvOrleans.Probes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>A rehearsal of production on one machine: the overlay <c>prod</c> as processes, scaled and rolled while chats are replayed to it.</summary>
public sealed class RehearsalTests(OverlayFixture overlays, ITestOutputHelper output) : IClassFixture<OverlayFixture>
{
    private const double LeastOfUndisturbed = 0.95;
    private const int More = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Prod_ScaledAndRolledDuringAReplay_FailsNoRead()
    {
        var began = Stopwatch.GetTimestamp();
        var prod = overlays["prod"];
        using var machine = new OneMachine(prod);
        var service = new ReadyPods(prod);
        await using var redis = await RedisPod.StartAsync(prod, machine);
        await using var silos = new SiloSet(prod, machine, service);
        await silos.ScaleUpAsync(silos.Replicas);
        await using var client = await ConnectAsync(prod, service);
        service.CountFewest();
        Say("is up");

        var plain = new PlainClients(service);
        await plain.WriteAsync();
        var disturbed = new ReplayedChats(client, "disturbed");
        using (var ended = new CancellationTokenSource())
        {
            var load = Task.WhenAll(disturbed.RunAsync(Pause, ended.Token), plain.RunAsync(ended.Token));
            try
            {
                await Eventually.HoldsAsync(() => load.IsCompleted || disturbed.IsFull, "the chats are under way");
                Say("is full");
                await silos.ScaleUpAsync(silos.Replicas + More);
                Say("scaled up");
                for (var one = 0; one < More; one++)
                {
                    // As docs/operations.md has it: one at a time, when nothing is left to hand over.
                    await WholeAsync(client, silos.Replicas + More - one);
                    await silos.ScaleDownByOneAsync();
                }

                Say("scaled down");
                await silos.RollAsync();
                Say("rolled");
            }
            finally
            {
                await ended.CancelAsync();
                await load;
            }
        }

        var undisturbed = new ReplayedChats(client, "undisturbed");
        await undisturbed.RunAsync(disturbed.Served);
        await silos.IsWellAsync();
        Say("was replayed to undisturbed");
        output.WriteLine(
            $"{disturbed.Totals.Requests} requests: hit ratio {disturbed.HitRatio:0.000}, undisturbed {undisturbed.HitRatio:0.000}; longest call {disturbed.Longest.TotalMilliseconds:0} ms, undisturbed {undisturbed.Longest.TotalMilliseconds:0} ms");
        output.WriteLine($"{disturbed.Unsure} matches ended where no silo could say more");
        output.WriteLine($"Plain clients: {plain.Served} served, {plain.Hits} hits, {plain.Overtaken} came again");
        output.WriteLine($"Stops took {string.Join(", ", silos.Stops.Select(stop => $"{stop.TotalSeconds:0.0} s"))}; {silos.TimesUnready} times a silo was not ready though nobody had stopped it; never fewer than {service.Fewest} ready");

        Assert.Equal(disturbed.Totals.BlockReferences, undisturbed.Totals.BlockReferences);
        Assert.Equal((0, 0), (disturbed.WrongBytes, undisturbed.WrongBytes));
        Assert.Empty(undisturbed.Failed);
        Assert.Equal(0, undisturbed.Unsure);
        Assert.Empty(disturbed.Failed);
        Assert.True(
            disturbed.HitRatio >= LeastOfUndisturbed * undisturbed.HitRatio, $"hit ratio {disturbed.HitRatio:0.000}, undisturbed {undisturbed.HitRatio:0.000}");
        Assert.Empty(plain.Failures);
        Assert.True(plain.Hits >= LeastOfUndisturbed * plain.Served, $"{plain.Hits} of {plain.Served} plain clients got their block");
        Assert.True(service.Fewest >= silos.Replicas - 1, $"{service.Fewest} silos were ready at a time");

        void Say(string what) => output.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {what}");
    }

    /// <summary>A client as an inference pod has it: from the ConfigMap and the secret, gateways behind the name of the headless service.</summary>
    private static async Task<PrefixCacheClient> ConnectAsync(Overlay prod, ReadyPods service)
    {
        var settings = prod.Named<V1ConfigMap>("kvorleans-client").Data.Select(one => new KeyValuePair<string, string?>(one.Key.Replace("__", ":", StringComparison.Ordinal), one.Value));
        var options = new PrefixCacheClientOptions { Password = PodEnvironment.Secret };
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("PrefixCache").Bind(options);
        var client = new PrefixCacheClient(options, new OrleansControlPlane(options, NullLoggerFactory.Instance, service.LookUpAsync), NullLoggerFactory.Instance, TimeProvider.System);
        await client.WaitUntilReadyAsync(Eventually.Deadline);
        return client;
    }

    /// <summary>Waits until so many silos agree on a map and have nothing left to hand over or to copy, as <c>kvo status</c> shows it.</summary>
    private static Task WholeAsync(PrefixCacheClient client, int count) => Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                var map = await client.GetMapAsync();
                return RepairProgress.Of(map, await client.GetStatusAsync()) is { IsWhole: true } progress && progress.Silos == count;
            }
            catch (CacheException)
            {
                return false;
            }
        },
        $"{count} silos have nothing left to hand over");
}
