namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Two silos for tests that leave them as they found them.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    private SilosUnderTest? _silos;

    internal SilosUnderTest Silos => _silos!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _silos = await SilosUnderTest.StartAsync(2);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silos?.DisposeAsync() ?? ValueTask.CompletedTask;
}
