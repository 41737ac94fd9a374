using System.Net;

namespace KvOrleans.Cli.Silos;

/// <summary>Silos on this machine that live as long as this object.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int PortsPerSilo = 4;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly List<SiloProcess> _silos = [];

    private LocalCluster()
    {
    }

    /// <summary>Where Orleans clients connect.</summary>
    public IReadOnlyList<IPEndPoint> Gateways => [.. _silos.Select(silo => silo.Gateway)];

    /// <summary>How many silos there are.</summary>
    public int Count => _silos.Count;

    /// <summary>Starts <paramref name="silos"/> silos with <paramref name="memoryBytes"/> each; they are ready when it returns.</summary>
    /// <exception cref="SiloException">One did not start; then none is left.</exception>
    public static async Task<LocalCluster> StartAsync(int silos, long memoryBytes, CancellationToken cancellationToken)
    {
        var cluster = new LocalCluster();
        try
        {
            // The first holds the membership: the others can join only when it is there.
            var ports = FreePorts.Find(silos * PortsPerSilo);
            var first = cluster.Start(0, memoryBytes, ports);
            await first.WaitUntilReadyAsync(StartDeadline, cancellationToken);
            var others = Enumerable.Range(1, silos - 1).Select(number => cluster.Start(number, memoryBytes, ports)).ToList();
            await Task.WhenAll(others.Select(silo => silo.WaitUntilReadyAsync(StartDeadline, cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        _silos.Clear();
    }

    private SiloProcess Start(int number, long memoryBytes, int[] ports)
    {
        var own = ports.AsSpan(number * PortsPerSilo, PortsPerSilo);
        var silo = SiloProcess.Start(new($"silo-{number}", memoryBytes, own[0], own[1], own[2], own[3], number == 0 ? null : ports[1]));
        _silos.Add(silo);
        return silo;
    }
}
