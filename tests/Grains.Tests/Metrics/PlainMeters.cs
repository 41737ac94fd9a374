using System.Diagnostics.Metrics;

namespace KvOrleans.Grains.Tests.Metrics;

/// <summary>Meters that nobody disposes of: they end with the process.</summary>
internal sealed class PlainMeters : IMeterFactory
{
    public static IMeterFactory Instance { get; } = new PlainMeters();

    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
