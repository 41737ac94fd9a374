using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;
using KvOrleans.Probes;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>A whole silo in this process, on free ports of loopback, with a look inside.</summary>
internal sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly WebApplication _host;

    private SiloUnderTest(WebApplication host, int port, int siloPort) => (_host, Port, SiloPort) = (host, port, siloPort);

    /// <summary>Orleans' port, by which others join.</summary>
    public int SiloPort { get; }

    /// <summary>The data plane's port.</summary>
    public int Port { get; }

    public IClusterMapSource Map => _host.Services.GetRequiredService<IClusterMapSource>();

    /// <summary>Whether it may act on what it owns, and knows what it has not.</summary>
    public bool IsSettled => _host.Services.GetRequiredService<IRegisterGuard>().IsSettled
        && _host.Services.GetRequiredService<IWriteOnceGate>().MayServe && _host.Services.GetRequiredService<IHandoffs>().Pending.IsEmpty;

    public BlockStore Store => _host.Services.GetRequiredService<BlockStore>();

    public DataPlaneCounters Counters => _host.Services.GetRequiredService<DataPlaneCounters>();

    /// <summary>What it is made of.</summary>
    public IServiceProvider Services => _host.Services;

    public AwakeGrains Awake => _host.Services.GetRequiredService<AwakeGrains>();

    public long StagedBytes => Store.GetStatistics().StagedBytes;

    public static Task<SiloUnderTest> StartAsync(params (string Option, string Value)[] options) => StartAsync(null, null, options);

    /// <summary>Starts one whose grains' calls pass through a filter.</summary>
    public static Task<SiloUnderTest> StartAsync(IIncomingGrainCallFilter filter, params (string Option, string Value)[] options) => StartAsync(filter, null, options);

    /// <summary>Starts one whose services are changed.</summary>
    public static Task<SiloUnderTest> StartAsync(Action<IServiceCollection> change) => StartAsync(null, change);

    private static async Task<SiloUnderTest> StartAsync(IIncomingGrainCallFilter? filter, Action<IServiceCollection>? change, params (string Option, string Value)[] options)
    {
        var ports = FreePorts.Take(4);
        (string Option, string Value)[] usual =
        [
            ("SiloPort", $"{ports[0]}"), ("GatewayPort", $"{ports[1]}"), ("DataPlane:Port", $"{ports[2]}"), ("Http:Port", $"{ports[3]}"),
            ("Memory:Bytes", "64MiB"), ("DataPlane:MaxValueBytes", "16MiB"),
        ];
        string[] arguments = [.. usual.Concat(options).SelectMany(one => new[] { $"--KvOrleans:{one.Option}", one.Value })];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        if (filter is not null)
            builder.Services.AddSingleton(filter);
        if (change is not null)
            builder.Host.UseServiceProviderFactory(new LastWord(change));
        var host = SiloHost.Build(builder, ConfigurationLoader.Load(builder.Configuration));
        await host.StartAsync();
        var silo = new SiloUnderTest(host, ports[2], ports[0]);
        await Eventually.HoldsAsync(() => silo.IsSettled, "the silo may answer for all that it owns");
        return silo;
    }

    /// <summary>Closes the data plane alone: the silo stays in the map, and its port is free.</summary>
    public Task CloseDataPlaneAsync() => _host.Services.GetRequiredService<DataPlaneServer>().StopAsync(TestContext.Current.CancellationToken);

    public RespProbe Connect() => new(Port);

    /// <summary>Waits until nothing is staged any more.</summary>
    public Task NothingIsStagedAsync() => Eventually.HoldsAsync(() => StagedBytes == 0, "nothing is staged");

    /// <summary>Waits until something is staged.</summary>
    public Task SomethingIsStagedAsync() => Eventually.HoldsAsync(() => StagedBytes > 0, "something is staged");

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _host.StopAsync(deadline.Token);
        await _host.DisposeAsync();
    }
}
