using System.Collections.Immutable;
using KvOrleans.Client.Control;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A control plane that hands out the map it was given; null: it does not answer.</summary>
internal sealed class ScriptedControlPlane : IControlPlane
{
    private int _asked;
    private int _watched;

    public ClusterMap? Map { get; set; }

    public BlockDecision Decision { get; set; }

    /// <summary>Answers the question for the next map; null: nobody does.</summary>
    public Func<MapPosition, Task<ClusterMap>>? Watch { get; set; }

    public int Watched => Volatile.Read(ref _watched);

    public int Asked => Volatile.Read(ref _asked);

    public static ClusterMap MapOf(long id, params ReadOnlySpan<SiloDescriptor> silos) =>
        new(id, [.. silos.ToArray().OrderBy(silo => silo.Name, StringComparer.Ordinal)]);

    public async Task<ClusterMap> GetMapAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (Map is null)
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return Map!;
    }

    public async Task<ClusterMap> WaitForMapAsync(MapPosition known, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _watched);
        return Watch is { } watch ? await watch(known).WaitAsync(cancellationToken) : await new TaskCompletionSource<ClusterMap>().Task.WaitAsync(cancellationToken);
    }

    public Task<BlockInfo?> InspectAsync(BlockKey key, CancellationToken cancellationToken) => Task.FromResult<BlockInfo?>(null);

    public Task<BlockDecision> DeleteAsync(BlockKey key, WriteCondition condition, CancellationToken cancellationToken) => Task.FromResult(Decision);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
