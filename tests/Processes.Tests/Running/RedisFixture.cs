namespace KvOrleans.Processes.Tests.Running;

/// <summary>A Redis to compare with.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisProcess? _redis;

    /// <summary>Its port.</summary>
    public int Port => _redis!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _redis = await RedisProcess.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;
}
