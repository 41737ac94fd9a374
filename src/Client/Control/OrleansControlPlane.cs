using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;

namespace KvOrleans.Client.Control;

/// <summary>The control plane over an Orleans client in a container of its own, so that it neither holds up nor shares the caller's.</summary>
/// <remarks>
/// It connects in the background and tries again, with growing delays, until it is disposed of. An Orleans client that starts asks one of its gateways what grains there are,
/// and when that gateway is reached and says nothing it asks the same once more, for a minute in all: here it is given seconds, and the next client begins with the next gateway.
/// </remarks>
internal sealed partial class OrleansControlPlane : IControlPlane
{
    private const int MapKeys = 16;
    private const int MostGateways = 1 << 16;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(2);

    // A client that starts takes a fraction of a second, and on a machine that is very busy some: each attempt is given twice as long as the one before it.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(3);
    private const int MostDoublings = 3;

    private readonly TaskCompletionSource<IGrainFactory> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly string _clusterId;
    private readonly string _serviceId;
    private readonly GatewayNames _gateways;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;
    private readonly Task _running;

    /// <param name="options">The settings.</param>
    /// <param name="logging">Where it logs.</param>
    /// <param name="lookUp">How a gateway's name is looked up; null for the system's way.</param>
    public OrleansControlPlane(PrefixCacheClientOptions options, ILoggerFactory logging, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null)
    {
        _clusterId = options.ClusterId;
        _serviceId = options.ServiceId;
        _logging = logging;
        _logger = logging.CreateLogger<OrleansControlPlane>();
        _gateways = new(
            options.Gateways.Count + options.GatewayNames.Count > 0 ? [.. options.Gateways] : [new(IPAddress.Loopback, 30000)],
            [.. options.GatewayNames.Select(name => GatewayNames.TryParse(name)!)], LongestDelay, lookUp ?? Dns.GetHostAddressesAsync, _logger);
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async Task<ClusterMap> GetMapAsync(CancellationToken cancellationToken)
    {
        var grains = await GrainsAsync(cancellationToken).ConfigureAwait(false);
        return await EndWith(AnyMap(grains).GetMapAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ClusterMap> WaitForMapAsync(MapPosition known, CancellationToken cancellationToken)
    {
        var grains = await GrainsAsync(cancellationToken).ConfigureAwait(false);
        return await EndWith(AnyMap(grains).WaitForMapAsync(known).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<BlockInfo?> InspectAsync(BlockKey key, CancellationToken cancellationToken)
    {
        var grains = await GrainsAsync(cancellationToken).ConfigureAwait(false);
        return await EndWith(GrainOf(grains, key).InspectAsync(key).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition, CancellationToken cancellationToken)
    {
        var grains = await GrainsAsync(cancellationToken).ConfigureAwait(false);
        return await EndWith(GrainOf(grains, key).DeleteAsync(key, condition).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>Any silo answers for any key. Orleans sends what is for one key through one gateway, which may have fallen silent: another key, perhaps another gateway.</summary>
    private static IClusterMapGrain AnyMap(IGrainFactory grains) => grains.GetGrain<IClusterMapGrain>(Random.Shared.Next(MapKeys));

    private static IPrefixBlockGrain GrainOf(IGrainFactory grains, BlockKey key) =>
        grains.GetGrain<IPrefixBlockGrain>(KeyId.Of(key.Span).ToString());

    private Task<IGrainFactory> GrainsAsync(CancellationToken cancellationToken) => _connected.Task.WaitAsync(cancellationToken);

    /// <summary>Orleans' calls take no token that ends the wait: the call is left alone, and what becomes of it is observed.</summary>
    private static Task<T> EndWith<T>(Task<T> call, CancellationToken cancellationToken)
    {
        Observe(call);
        return call.WaitAsync(cancellationToken);
    }

    private static Task EndWith(Task call, CancellationToken cancellationToken)
    {
        Observe(call);
        return call.WaitAsync(cancellationToken);
    }

    private static void Observe(Task call) => _ = call.ContinueWith(
        static call => call.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task RunAsync()
    {
        var first = Random.Shared.Next(MostGateways);
        for (var attempt = 0; !_closing.IsCancellationRequested; attempt++)
        {
            ServiceProvider? services = null;
            try
            {
                services = BuildServices(first + attempt);
                var parts = services.GetServices<IHostedService>().ToArray();
                await StartAsync(parts, FirstPatience * (1 << Math.Min(attempt, MostDoublings))).ConfigureAwait(false);
                _connected.TrySetResult(services.GetRequiredService<IClusterClient>());
                LogConnected(_logger);
                await Task.Delay(Timeout.Infinite, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await StopAsync(parts).ConfigureAwait(false);
            }
            catch (Exception error) when (!_closing.IsCancellationRequested)
            {
                LogNotConnected(_logger, error.Message);
                await CloseConnectionsAsync(services).ConfigureAwait(false);
                await DelayAsync(attempt).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Disposed of while it was connecting.
                await CloseConnectionsAsync(services).ConfigureAwait(false);
            }
            finally
            {
                await DisposeAsync(services).ConfigureAwait(false);
            }
        }

        _connected.TrySetException(new ObjectDisposedException(nameof(PrefixCacheClient)));
        _ = _connected.Task.Exception;
    }

    /// <exception cref="TimeoutException">It was not done in time; what it still does ends when its services are disposed of, its connections when they are closed.</exception>
    private async Task StartAsync(IHostedService[] parts, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        limit.CancelAfter(patience);
        try
        {
            foreach (var part in parts)
                await EndWith(part.StartAsync(limit.Token), limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {patience.TotalSeconds:0} s.");
        }
    }

    /// <param name="firstGateway">Where in the list of the gateways it begins.</param>
    private ServiceProvider BuildServices(int firstGateway)
    {
        var services = new ServiceCollection();
        services.AddSingleton(_logging);
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton(_logging));
        services.AddOrleansClient(client => client
            .ConfigureServices(parts => parts.AddSingleton<IGatewayListProvider>(_gateways))
            .Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = _clusterId;
                cluster.ServiceId = _serviceId;
            })
            .Configure<GatewayOptions>(gateways =>
            {
                gateways.GatewayListRefreshPeriod = LongestDelay;
                gateways.PreferredGatewayIndex = firstGateway;
            })
            .UseConnectionRetryFilter(RetryAsync));
        return services.BuildServiceProvider();
    }

    private async Task<bool> RetryAsync(Exception error, CancellationToken cancellationToken)
    {
        LogNotConnected(_logger, error.Message);
        await DelayAsync(Interlocked.Increment(ref _retries) - 1).ConfigureAwait(false);
        return !_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
    }

    private int _retries;

    private Task DelayAsync(int attempt)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(attempt, 10));
        return Task.Delay(delay < LongestDelay ? delay : LongestDelay, _closing.Token).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task StopAsync(IHostedService[] parts)
    {
        using var limit = new CancellationTokenSource(LongestStop);
        foreach (var part in parts.Reverse())
            await part.StopAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>A client that never started does not close, when it is stopped or disposed of, the connections that it has to the gateways that answered.</summary>
    private async Task CloseConnectionsAsync(ServiceProvider? services)
    {
        using var limit = new CancellationTokenSource(LongestStop);
        try
        {
            foreach (var part in services?.GetServices<ILifecycleParticipant<IClusterClientLifecycle>>().OfType<ILifecycleObserver>() ?? [])
                await part.OnStop(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogDisposeFailed(_logger, error.Message);
        }
    }

    private async Task DisposeAsync(ServiceProvider? services)
    {
        if (services is null)
            return;
        try
        {
            await services.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogDisposeFailed(_logger, error.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to the cluster's control plane.")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "The cluster's gateways do not answer; trying again: {Reason}")]
    private static partial void LogNotConnected(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Debug, "The Orleans client did not end cleanly: {Reason}")]
    private static partial void LogDisposeFailed(ILogger logger, string reason);
}
