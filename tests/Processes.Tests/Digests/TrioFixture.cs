using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Digests;

/// <summary>Three silos for tests that leave them as they are.</summary>
public sealed class TrioFixture : IAsyncLifetime
{
    internal SiloTrio Trio { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Trio = await SiloTrio.StartAsync();

    public ValueTask DisposeAsync() => Trio?.DisposeAsync() ?? ValueTask.CompletedTask;
}
