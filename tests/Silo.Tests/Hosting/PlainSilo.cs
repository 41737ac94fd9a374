namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>A silo for tests that leave it as they found it.</summary>
public sealed class PlainSilo : IAsyncLifetime
{
    private SiloUnderTest? _silo;

    internal SiloUnderTest Silo => _silo!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _silo = await SiloUnderTest.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silo?.DisposeAsync() ?? ValueTask.CompletedTask;
}
