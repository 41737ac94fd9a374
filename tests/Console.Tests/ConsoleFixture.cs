using KvOrleans.Console.Tests.Browsing;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Console.Tests;

/// <summary>Three silos with traffic, and a browser.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private SiloTrio? _trio;
    private Chromium? _browser;
    private Traffic? _traffic;

    internal SiloTrio Trio => _trio!;

    internal Chromium Browser => _browser!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _browser = await Chromium.StartAsync();
        _trio = await SiloTrio.StartAsync("--KvOrleans:Zone", "zone-a", "--KvOrleans:Orphans:Interval", "00:00:00.5");
        _traffic = new([.. _trio.Silos.Select(silo => silo.Port)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_traffic is not null)
            await _traffic.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_trio is not null)
            await _trio.DisposeAsync();
    }
}
