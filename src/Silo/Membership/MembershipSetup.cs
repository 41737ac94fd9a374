using System.Net;
using KvOrleans.Grains.Membership;
using KvOrleans.Silo.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime;
using StackExchange.Redis;

namespace KvOrleans.Silo.Membership;

/// <summary>Where the silos find each other, how soon they learn that one is dead, and what happens then.</summary>
internal static class MembershipSetup
{
    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(1);

    /// <summary>Adds it.</summary>
    public static void AddMembership(this ISiloBuilder silo, KvOrleansOptions options, bool isFirstLife)
    {
        silo.Configure<ClusterMembershipOptions>(DetectDeathSoon);
        silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, LifeEndsOnFatalError>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => ActivatorUtilities.CreateInstance<NameGuard>(provider, options.SiloName));
        if (options.Clustering == ClusteringKind.Redis)
            AddRedis(silo, options);
        else
            AddPrimary(silo, options, isFirstLife);
    }

    /// <summary>Names the table for whoever has to look after it, without what is secret.</summary>
    public static string TableOf(KvOrleansOptions options) => options.Clustering == ClusteringKind.Redis
        ? $"the membership table in Redis ({string.Join(", ", ConfigurationOptions.Parse(options.Redis).EndPoints.Select(Plain))})"
        : $"the membership table of the primary silo ({(options.PrimarySilo.Length > 0 ? options.PrimarySilo : "this one")})";

    /// <summary>Whether the silo could not start because Redis could not be used: it may come to be, and the silo with it.</summary>
    public static bool IsAway(Exception error) => RedisErrors(error).Any();

    /// <summary>What Redis, or the way to it, says.</summary>
    public static string WhyAway(Exception error) => RedisErrors(error).First().Message;

    /// <summary>What came of Redis in an error and its causes, the innermost first.</summary>
    private static IEnumerable<Exception> RedisErrors(Exception error)
    {
        var causes = new Stack<Exception>();
        for (var cause = error; cause is not null; cause = cause.InnerException)
            causes.Push(cause);
        return causes.Where(cause => cause is RedisException or RedisTimeoutException);
    }

    private static string Plain(EndPoint endpoint) => endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endpoint.ToString() ?? "";

    /// <summary>
    /// Probes go out twice a second on a quiet network, and two that are missed in a row make others be asked; a silo whose connection is open is spared for three of the longest
    /// timeouts. So a killed silo is found within two seconds, a stopped one within four.
    /// </summary>
    private static void DetectDeathSoon(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = membership.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        // A silo whose heartbeat is old has no say, so that two of three silos may be lost at once.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.MaxJoinAttemptTime = TimeSpan.FromSeconds(60);
    }

    private static void AddRedis(ISiloBuilder silo, KvOrleansOptions options)
    {
        silo.UseRedisClustering(redis => redis.ConfigurationOptions = Connection(options));
        var redisTable = silo.Services.Last(service => service.ServiceType == typeof(IMembershipTable)).ImplementationFactory!;
        silo.Services.Replace(ServiceDescriptor.Singleton<IMembershipTable>(provider => new LifeBoundTable(
            (IMembershipTable)redisTable(provider), provider.GetRequiredService<LifeEnd>(), provider.GetRequiredService<ILocalSiloDetails>())));
        silo.Services.AddSingleton<ITableSource>(provider => new RedisTable(
            provider.GetRequiredService<IMembershipTable>(), ReaderConnection(options), options.ServiceId, options.ClusterId, provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>
    /// A connection of which nothing is heard is given up after a few seconds, and made anew: left alone it would come back long after the network has, and with it the silo, which is
    /// back only when it has read the table.
    /// </summary>
    private static ConfigurationOptions Connection(KvOrleansOptions options)
    {
        var connection = ConfigurationOptions.Parse(options.Redis);
        connection.ConnectTimeout = (int)RedisPatience.TotalMilliseconds;
        connection.ReconnectRetryPolicy = new LinearRetry((int)RedisPatience.TotalMilliseconds / 2);
        connection.KeepAlive = (int)RedisPatience.TotalSeconds;
        return connection;
    }

    /// <summary>The reader gives up soon.</summary>
    private static ConfigurationOptions ReaderConnection(KvOrleansOptions options)
    {
        var connection = Connection(options);
        connection.AbortOnConnectFail = false;
        connection.AsyncTimeout = connection.SyncTimeout = (int)RedisPatience.TotalMilliseconds;
        connection.BacklogPolicy = BacklogPolicy.FailFast;
        return connection;
    }

    private static void AddPrimary(ISiloBuilder silo, KvOrleansOptions options, bool isFirstLife)
    {
        var self = new IPEndPoint(IPAddress.Parse(options.AdvertisedAddress), options.SiloPort);
        var primary = options.PrimarySilo.Length > 0 ? IPEndPoint.Parse(options.PrimarySilo) : self;
        silo.UseDevelopmentClustering(primary);
        silo.Services.AddSingleton<ITableSource>(provider => new PrimaryTable(
            provider.GetRequiredService<IMembershipTable>(), primary, isFirstLife && primary.Equals(self)));
    }
}
