namespace KvOrleans.Kubernetes.Tests.Overlays;

/// <summary>All overlays, built once.</summary>
public sealed class OverlayFixture : IAsyncLifetime
{
    private readonly Dictionary<string, Overlay> _overlays = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "dev", "kind", "prod" })
            _overlays[name] = await Overlay.BuildAsync(name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal Overlay this[string name] => _overlays[name];
}
