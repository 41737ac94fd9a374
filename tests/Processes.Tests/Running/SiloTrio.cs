using System.Globalization;
using System.Net;
using KvOrleans.Client;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>Three silos in processes of their own that find each other in a real Redis.</summary>
internal sealed class SiloTrio : IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly List<SiloProcess> _silos = [];
    private readonly string[] _options;
    private RedisProcess _redis;

    private SiloTrio(RedisProcess redis, string[] options) => (_redis, _options) = (redis, options);

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>What holds the membership.</summary>
    public RedisProcess Redis => _redis;

    /// <summary>Redis' port.</summary>
    public int RedisPort => _redis.Port;

    /// <summary>Starts three, with these command-line options beside those that make them a cluster.</summary>
    public static async Task<SiloTrio> StartAsync(params string[] options)
    {
        var trio = new SiloTrio(await RedisProcess.StartAsync(), options);
        try
        {
            foreach (var name in Names)
                trio._silos.Add(await trio.StartSiloAsync(name));
            await trio.AgreeAsync(trio._silos);
            return trio;
        }
        catch
        {
            await trio.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo of that name.</summary>
    public Task<SiloProcess> StartSiloAsync(string name) => SiloProcess.StartAsync(OptionsOf(name));

    /// <summary>Starts one of the three again, under its name and on its ports, when it has ended.</summary>
    public async Task RestartAsync(int index)
    {
        await _silos[index].DisposeAsync();
        _silos[index] = await SiloProcess.StartOnAsync(_silos[index].Ports, OptionsOf(Names[index]));
    }

    /// <summary>A thin client that knows the gateways of all three, and is ready within <paramref name="patience"/>.</summary>
    public async Task<PrefixCacheClient> ConnectAsync(TimeSpan? patience = null)
    {
        var options = new PrefixCacheClientOptions();
        _silos.ForEach(silo => options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort)));
        var client = PrefixCacheClient.Connect(options);
        await client.WaitUntilReadyAsync(patience ?? Eventually.Deadline);
        return client;
    }

    /// <summary>Replaces Redis by one that knows nothing.</summary>
    public async Task LoseTableAsync()
    {
        await _redis.DisposeAsync();
        await StartRedisAsync();
    }

    /// <summary>Starts a Redis that knows nothing, where one was that has ended.</summary>
    public async Task StartRedisAsync() => _redis = await RedisProcess.StartOnAsync(_redis.Port);

    /// <summary>Waits until those silos have a map of themselves, and no others.</summary>
    public Task AgreeAsync(IReadOnlyCollection<SiloProcess> silos) => Eventually.HoldsAsync(
        () => silos.All(silo => Told(silo, "silos") == silos.Count.ToString(CultureInfo.InvariantCulture)), $"{silos.Count} silos have a map of {silos.Count}");

    /// <summary>What a silo tells of itself; empty while it does not answer.</summary>
    public static string Told(SiloProcess silo, string name)
    {
        try
        {
            using var probe = new RespProbe(silo.Port);
            var line = probe.Ask("INFO", "everything").Split("\r\n").FirstOrDefault(one => one.StartsWith($"{name}:", StringComparison.Ordinal));
            return line?[(name.Length + 1)..] ?? "";
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or EndOfStreamException)
        {
            return "";
        }
    }

    private string[] OptionsOf(string name) =>
    [
        "--KvOrleans:SiloName", name, "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"127.0.0.1:{_redis.Port}",
        "--Logging:LogLevel:KvOrleans", "Information", .. _options,
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
