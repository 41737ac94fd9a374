using System.Net;

namespace KvOrleans.Cli.Silos;

/// <summary>Silos on this machine that live as long as this object.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int PortsPerSilo = 4;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Longer than a silo drains.</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly List<SiloProcess> _silos = [];

    private LocalCluster(string clusterId) => ClusterId = clusterId;

    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; }

    /// <summary>The names of the silos.</summary>
    public IReadOnlyList<string> Names => [.. _silos.Select(silo => silo.Options.Name)];

    /// <summary>Where Orleans clients connect.</summary>
    public IReadOnlyList<IPEndPoint> Gateways => [.. _silos.Select(silo => silo.Gateway)];

    /// <summary>How many silos there are.</summary>
    public int Count => _silos.Count;

    /// <summary>The name of the silo with this number.</summary>
    public static string NameOf(int number) => $"silo-{number}";

    /// <summary>Starts <paramref name="silos"/> silos with <paramref name="memoryBytes"/> each; they are ready when it returns.</summary>
    /// <param name="silos">How many, 1 or more.</param>
    /// <param name="memoryBytes">The arena of each.</param>
    /// <param name="redis">A Redis for the membership; null: the first silo holds it.</param>
    /// <param name="options">Options of all of them.</param>
    /// <param name="cancellationToken">Ends the start; then no silo is left.</param>
    /// <exception cref="SiloException">One did not start; then none is left.</exception>
    public static async Task<LocalCluster> StartAsync(int silos, long memoryBytes, string? redis, IReadOnlyList<SiloOption> options, CancellationToken cancellationToken)
    {
        var named = options.LastOrDefault(option => option.Name.Equals(nameof(ClusterId), StringComparison.OrdinalIgnoreCase));
        var cluster = new LocalCluster(named?.Value ?? $"kvo-{Guid.NewGuid():N}");
        try
        {
            // The first holds the membership: the others can join only when it is there.
            var ports = FreePorts.Find(silos * PortsPerSilo);
            var membership = new SiloMembership(ports[1], redis, cluster.ClusterId);
            var first = cluster.Start(0, memoryBytes, ports, membership, options);
            await first.WaitUntilReadyAsync(StartDeadline, cancellationToken);
            var others = Enumerable.Range(1, silos - 1).Select(number => cluster.Start(number, memoryBytes, ports, membership, options)).ToList();
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
        // One that stops gives its blocks to the others, which stop as well.
        if (_silos.Count > 1)
            _silos.ForEach(silo => silo.Kill());
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        _silos.Clear();
    }

    /// <summary>Kills a silo, which does not come back.</summary>
    /// <exception cref="SiloException">There is none of this name.</exception>
    public async Task KillAsync(string name)
    {
        var silo = Find(name);
        silo.Kill();
        _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    /// <summary>Tells a silo to stop, waits until it has, and starts it again under its name; it is ready when this returns.</summary>
    /// <exception cref="SiloException">It did not stop or not start.</exception>
    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        var silo = Find(name);
        await silo.StopAsync(StopDeadline);
        _silos[_silos.IndexOf(silo)] = silo = SiloProcess.Start(silo.Options);
        await silo.WaitUntilReadyAsync(StartDeadline, cancellationToken);
    }

    private SiloProcess Find(string name) => _silos.Find(silo => silo.Options.Name == name)
        ?? throw new SiloException($"There is no silo {name}; there are {string.Join(", ", Names)}.");

    private SiloProcess Start(int number, long memoryBytes, int[] ports, SiloMembership membership, IReadOnlyList<SiloOption> options)
    {
        var own = ports.AsSpan(number * PortsPerSilo, PortsPerSilo);
        var zone = $"zone-{number}";
        var silo = SiloProcess.Start(new(NameOf(number), zone, memoryBytes, own[0], own[1], own[2], own[3], membership) { Others = options });
        _silos.Add(silo);
        return silo;
    }
}
