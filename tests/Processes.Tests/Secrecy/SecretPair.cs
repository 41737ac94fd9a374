using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Two silos that log and export all they can, and have a password.</summary>
internal sealed class SecretPair : IAsyncDisposable
{
    private readonly List<SiloProcess> _silos = [];
    private RedisProcess? _redis;

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>What both wrote.</summary>
    public string Written => string.Join('\n', _silos.Select(silo => silo.Written));

    public static async Task<SecretPair> StartAsync(OtlpReceiver receiver)
    {
        var pair = new SecretPair();
        try
        {
            pair._redis = await RedisProcess.StartAsync();
            foreach (var name in new[] { "a", "b" })
            {
                pair._silos.Add(await SiloProcess.StartAsync(
                    "--KvOrleans:SiloName", name, "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", $"127.0.0.1:{pair._redis.Port}",
                    "--KvOrleans:DataPlane:Password", Secrets.Password, "--KvOrleans:DataPlane:MaxValueBytes", "16MiB", "--KvOrleans:Http:OrleansDashboard", "true",
                    "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:KvOrleans", "Trace", "--Logging:LogLevel:Orleans", "Information", "--Logging:LogLevel:Microsoft", "Information",
                    "--OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                    "--OTEL_METRIC_EXPORT_INTERVAL", "500", "--OTEL_BSP_SCHEDULE_DELAY", "100"));
            }

            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }
}
