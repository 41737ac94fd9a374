namespace KvOrleans.Processes.Tests.Running;

/// <summary>One silo for all tests that leave it as they found it.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private SiloProcess? _silo;

    /// <summary>The data plane's port.</summary>
    public int Port => _silo!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _silo = await SiloProcess.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silo?.DisposeAsync() ?? ValueTask.CompletedTask;
}
