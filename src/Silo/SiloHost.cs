using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.DataPlane;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Decisions;
using KvOrleans.Silo.DataPlane.Fills;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Silo.Draining;
using KvOrleans.Silo.Health;
using KvOrleans.Silo.Http;
using KvOrleans.Silo.Membership;
using KvOrleans.Silo.Pages;
using KvOrleans.Silo.Telemetry;
using KvOrleans.Silo.Watching;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using Microsoft.AspNetCore.Hosting.Server;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace KvOrleans.Silo;

/// <summary>Composes a silo. Orleans starts first and stops last; the data plane is open only in between.</summary>
internal static class SiloHost
{
    private const int BytesPerWeight = 2 << 20;

    // A decision is a few microseconds of work: a grain that has not answered in this time will not.
    private static readonly TimeSpan DecisionTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The builder of a host, with the configuration from file, environment and command line.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Builds the host of one life.</summary>
    /// <param name="builder">Its configuration.</param>
    /// <param name="options">The silo's options.</param>
    /// <param name="store">The store, which outlives the host; null: one of the host's own.</param>
    /// <param name="isFirstLife">Whether this process had no life before.</param>
    /// <param name="former">What is known of the life before; null: there was none, or it was in no map.</param>
    /// <param name="process">What the process has beside its lives; null: nothing, and the host listens for HTTP itself.</param>
    public static WebApplication Build(
        WebApplicationBuilder builder, KvOrleansOptions options, BlockStore? store = null, bool isFirstLife = true, IFormerLife? former = null, SiloFrame? process = null)
    {
        if (process is null)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(options.ListenAddress), options.Http.Port));
        else
            builder.Services.AddSingleton<IServer>(new LifeServer(process.Door));
        var course = process?.Course ?? new SiloCourse();
        var stop = process?.Stop ?? new StopOrder(course);
        builder.Services.AddSingleton(course).AddSingleton(stop);
        // Orleans places each activation through a Polly pipeline that logs every run of it as information.
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        // It logs the whole address of every request as information, and keys are in those of the console.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.UseOrleans(silo => ConfigureOrleans(silo, options, isFirstLife));
        builder.Services.AddSingleton(TimeProvider.System);
        if (store is null)
            builder.Services.AddSingleton(provider => CreateStore(options, provider.GetRequiredService<TimeProvider>()));
        else
            builder.Services.AddSingleton(store);
        if (former is not null)
            builder.Services.AddSingleton(former);
        builder.Services.AddBlockGrains(options.Grains.MaxAwake, new KeyKinds(options.WriteOnce.Effective), Replication(options));
        AddDataPlane(builder.Services, options);
        builder.Services.AddDrain(options.Drain.Grace);

        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<ILifeSigns, LifeSigns>();
        builder.AddTelemetry(options);
        builder.Services.AddWatching(process?.Events);
        if (options.StopWithInput)
            builder.Services.AddHostedService<StopWithInput>();

        var host = builder.Build();
        if (process is null)
            stop.Token.Register(host.Lifetime.StopApplication);
        host.MapTelemetry(options);
        if (options.Http.Console)
            host.MapConsole();
        if (options.Http.OrleansDashboard)
            host.MapOrleansDashboard("/orleans");
        return host;
    }

    /// <summary>Reserves the arena.</summary>
    public static BlockStore CreateStore(KvOrleansOptions options, TimeProvider time) => new(
        new()
        {
            MemoryBytes = options.Memory.Bytes.Bytes,
            MaxBlockBytes = (int)options.DataPlane.MaxValueBytes.Bytes,
            MaxStagedShare = options.DataPlane.MaxStagedShare,
            MaxLease = options.Leases.MaxDuration,
            MaxLeasedShare = options.Leases.MaxShare,
            MaxLeasedSharePerOwner = options.Leases.MaxSharePerConnection,
            CopiesShare = options.Copies.Share,
            ExtraCopiesShare = options.Copies.HotShare,
            MaxTombstones = options.Tombstones.Maximum,
            TombstoneLifetime = options.Tombstones.Lifetime,
        },
        new LruEvictionPolicy(),
        time);

    private static ReplicationSettings Replication(KvOrleansOptions options) => new()
    {
        MinimumCopies = options.Copies.Minimum,
        CopiesAfterReuse = options.Copies.AfterReuse,
        MaximumCopies = options.Copies.Maximum,
        RepairBytesPerSecond = options.Repair.BytesPerSecond.Bytes,
        OrphanInterval = options.Orphans.Interval,
    };

    private static void ConfigureOrleans(ISiloBuilder silo, KvOrleansOptions options, bool isFirstLife)
    {
        var listen = IPAddress.Parse(options.ListenAddress);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.Configure<SiloOptions>(self => self.SiloName = Identity(options).Encode());
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = messaging.SystemResponseTimeout = DecisionTimeout);

        // It would remember where each of the last million grains was, some 400 bytes each. Block grains are gone when it could be used.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = IPAddress.Parse(options.AdvertisedAddress);
            endpoints.SiloPort = options.SiloPort;
            endpoints.GatewayPort = options.GatewayPort;
            endpoints.SiloListeningEndpoint = new(listen, options.SiloPort);
            endpoints.GatewayListeningEndpoint = new(listen, options.GatewayPort);
        });
        silo.AddMembership(options, isFirstLife);
        if (options.Http.OrleansDashboard)
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    }

    private static SiloIdentity Identity(KvOrleansOptions options) => new(
        options.SiloName, options.Zone, (int)Math.Max(1, options.Memory.Bytes.Bytes / BytesPerWeight),
        new(IPAddress.Parse(options.AdvertisedAddress), options.DataPlane.Port));

    private static void AddDataPlane(IServiceCollection services, KvOrleansOptions options) => services
        .AddPeers(_ => new(options.SiloName, options.DataPlane.Password, (int)options.DataPlane.MaxValueBytes.Bytes))
        .AddSingleton<KeyRouter>()
        .AddSingleton<FetchSlots>()
        .AddSingleton<HandoffReader>()
        .AddSingleton<HolderSearch>()
        .AddSingleton<HotHolders>()
        .AddSingleton(provider => new DigestReader(
            provider.GetRequiredService<BlockStore>(), new(options.Digests.BytesPerSecond.Bytes, provider.GetRequiredService<TimeProvider>())))
        .AddSingleton<ReadRouter>()
        .AddSingleton<NumberRouter>()
        .AddSingleton<WriteRouter>()
        .AddSingleton<FingerprintFinder>()
        .AddSingleton<DataPlaneCounters>()
        .AddSingleton<CommandMetrics>()
        .AddSingleton<DecisionMetrics>()
        .AddSingleton<FillBook>()
        .AddSingleton<IMapFollower>(provider => provider.GetRequiredService<FillBook>())
        .AddSingleton<BlockGrainReferences>()
        .AddSingleton<BlockDecider>()
        .AddSingleton<DataPlaneServices>()
        .AddSingleton<SessionRegistry>()
        .AddSingleton<CommandTable>()
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<DataPlaneServer>(
            provider, new IPEndPoint(IPAddress.Parse(options.ListenAddress), options.DataPlane.Port)))
        .AddHostedService(provider => provider.GetRequiredService<DataPlaneServer>())
        .AddHostedService(provider => provider.GetRequiredService<PeerAccess>());
}
