namespace KvOrleans.Processes.Tests.Running;

/// <summary>A silo and a Redis with the same password.</summary>
public sealed class LockedPairFixture : IAsyncLifetime
{
    /// <summary>The password of both.</summary>
    public const string Password = "correct-horse-battery-staple";

    private SiloProcess? _silo;
    private RedisProcess? _redis;

    /// <summary>The silo's data plane.</summary>
    public int Port => _silo!.Port;

    /// <summary>The Redis.</summary>
    public int RedisPort => _redis!.Port;

    /// <summary>All that the silo wrote.</summary>
    public string Written => _silo!.Written;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync("--requirepass", Password);
        _silo = await SiloProcess.StartAsync("--KvOrleans:DataPlane:Password", Password);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }
}
