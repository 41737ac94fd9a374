using System.Diagnostics;
using System.Globalization;
using System.Net;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.LoadGenerator.Networks;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>Silos of one cluster, each behind a limited link, and a connection to each that does not use its link.</summary>
internal sealed class HotspotCluster : IAsyncDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly LimitedNetwork _network;
    private readonly List<Place> _places = [];
    private readonly List<RespDialogue> _dialogues = [];
    private RunningServer[] _silos = [];

    private HotspotCluster(int megabits) => _network = LimitedNetwork.Create(megabits);

    /// <summary>Where clients live.</summary>
    public Place Clients => _network.Clients;

    /// <summary>Orleans gateways of all silos.</summary>
    public IReadOnlyList<IPEndPoint> Gateways => [.. _places.Select(static place => new IPEndPoint(place.Address, SiloServer.GatewayPort))];

    /// <summary>Starts silos and waits until each has all in its map and serves overwritable keys.</summary>
    public static async Task<HotspotCluster> StartAsync(int count, int megabits, IReadOnlyList<string> options, CancellationToken cancellation)
    {
        var cluster = new HotspotCluster(megabits);
        try
        {
            await cluster.StartAsync(count, options, cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection to the hot block's owner.</summary>
    public RespDialogue Owner()
    {
        // Names sort as they are numbered, so an index in the map is an index here.
        var map = new ClusterMap(0, [.. _places.Select(static place => new SiloDescriptor(place.Name, "", 1, new(place.Address, SiloServer.DataPlanePort), default))]);
        return _dialogues[Rendezvous.OwnerOf(HotspotBlocks.HotKey, map)];
    }

    /// <summary>Extra copies on all silos; null when a silo does not count them.</summary>
    public async Task<long?> ExtraBlocksAsync(CancellationToken cancellation)
    {
        long? sum = 0;
        foreach (var dialogue in _dialogues)
            sum += (await dialogue.InfoAsync(cancellation)).Find("extra_blocks");
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        _dialogues.ForEach(static dialogue => dialogue.Dispose());
        await Task.WhenAll(_silos.Select(static silo => silo.DisposeAsync().AsTask()));
        _network.Dispose();
    }

    private async Task StartAsync(int count, IReadOnlyList<string> options, CancellationToken cancellation)
    {
        for (var index = 0; index < count; index++)
            _places.Add(_network.AddSilo(string.Create(CultureInfo.InvariantCulture, $"silo-{index:d3}")));

        // The first holds the membership; the others join side by side.
        var needs = new ServerNeeds(HotspotPlan.SiloMemory);
        _silos = [await SiloServer.StartAsync(_places[0], needs, options, cancellation)];
        List<string> joining = [.. options, "--KvOrleans:PrimarySilo", $"{_places[0].Address}:{SiloServer.SiloPort}"];
        var others = _places.Skip(1).Select(place => SiloServer.StartAsync(place, needs, joining, cancellation)).ToList();
        try
        {
            await Task.WhenAll(others);
        }
        finally
        {
            _silos = [.. _silos, .. others.Where(static one => one.IsCompletedSuccessfully).Select(static one => one.Result)];
        }

        foreach (var place in _places)
            _dialogues.Add(await RespDialogue.ConnectAsync(place.NewSocket(), new(place.Address, SiloServer.DataPlanePort), cancellation));
        await WaitUntilJoinedAsync(cancellation);
    }

    private async Task WaitUntilJoinedAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var dialogue in _dialogues)
        {
            while (await dialogue.InfoAsync(cancellation) is var info && (info["silos"] != _dialogues.Count || info["serves_registers"] != 1))
            {
                if (Stopwatch.GetElapsedTime(started) > JoinTimeout)
                    throw new ServerException($"{_dialogues.Count} silos did not become one cluster within {JoinTimeout.TotalSeconds} s.");
                await Task.Delay(Pause, cancellation);
            }
        }
    }
}
