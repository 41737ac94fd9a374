using System.Diagnostics;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>Servers that together get every key once, and the connections to them: one from each writer to each server.</summary>
/// <param name="name">Its row in the table.</param>
/// <param name="servers">The processes.</param>
/// <param name="cluster">Of silos: the same ones; else null.</param>
/// <param name="isDirect">Whether writers choose the silo that owns a key, or any in turn.</param>
/// <param name="load">What is written.</param>
internal sealed class KeysContender(string name, IReadOnlyList<RunningServer> servers, SiloCluster? cluster, bool isDirect, KeysLoad load) : IAsyncDisposable
{
    private const int MostAttempts = 1000;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SliceTimeout = TimeSpan.FromMinutes(5);

    private readonly List<RespWriter[]> _writers = [];

    public string Name { get; } = name;

    /// <summary>The most that was seen of everything.</summary>
    public KeysMemory Most { get; private set; } = new(0, 0, 0, 0, 0);

    public async Task ConnectAsync(PayloadPool payloads, CancellationToken cancellation)
    {
        for (var writer = 0; writer < load.Writers; writer++)
        {
            var connections = new RespWriter[servers.Count];
            for (var server = 0; server < connections.Length; server++)
                connections[server] = new(await Transports.ConnectAsync(TransportKind.Blocking, servers[server].Port, cancellation), payloads, load.Pipeline);
            _writers.Add(connections);
        }
    }

    /// <summary>Writes one slice of the keys.</summary>
    public async Task<KeysSample> WriteAsync(int slice, CancellationToken cancellation)
    {
        var (first, end) = (load.WrittenAfter(slice), load.WrittenAfter(slice + 1));
        var batches = Batches(first, end);
        var next = -1;
        var refused = 0;
        var before = CpuTimes.Now();
        using var written = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync(written.Token);
        using var gate = new Barrier(load.Writers + 1);
        var writing = Task.WhenAll(_writers.Select(Start));
        gate.SignalAndWait(cancellation);
        var began = Stopwatch.GetTimestamp();
        await writing.WaitAsync(SliceTimeout, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(began);
        await written.CancelAsync();
        await watching;
        return new(Name, slice, (end - first) / elapsed.TotalSeconds, refused, CpuTimes.Now().StealSince(before));

        Task Start(RespWriter[] connections) => Task.Factory.StartNew(
            async () =>
            {
                gate.SignalAndWait(cancellation);
                for (var index = Interlocked.Increment(ref next); index < batches.Count; index = Interlocked.Increment(ref next))
                    Interlocked.Add(ref refused, await WriteAsync(connections[batches[index].Server], batches[index].Numbers, cancellation));
            },
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
    }

    /// <summary>What the processes take now.</summary>
    public async Task<KeysMemory> MeasureAsync()
    {
        var resident = servers.Sum(static server => server.ResidentBytes());
        var memory = new KeysMemory(resident, 0, 0, 0, 0);
        foreach (var info in cluster is null ? [] : await cluster.InfoAsync())
        {
            var inUse = info["arena_bytes"] - info["arena_free_bytes"];
            memory = memory.Max(new(
                resident, info["resident_bytes"] - inUse - info["index_bytes"], info["managed_bytes"], info["grains_awake"], info["grains_awake_bound"]));
        }

        Most = Most.Max(memory);
        return memory;
    }

    /// <summary>The share of the writes that silos sent on, 0 to 1.</summary>
    /// <exception cref="ServerException">Not every key is there.</exception>
    public async Task<double> VerifyAsync()
    {
        if (cluster is null)
            return 0;
        var infos = await cluster.InfoAsync();
        if (infos.Sum(static info => info["blocks"]) != load.Count || infos.Any(static info => info["evictions"] > 0))
            throw new ServerException($"{Name}: {infos.Sum(static info => info["blocks"])} of {load.Count} keys are there, {infos.Sum(static info => info["evictions"])} were evicted.");
        return (double)infos.Sum(static info => info["forwarded_writes"]) / load.Count;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _writers.SelectMany(static writer => writer))
            connection.Dispose();
        if (cluster is not null)
            await cluster.DisposeAsync();
        else
            await Task.WhenAll(servers.Select(static server => server.DisposeAsync().AsTask()));
    }

    private static async ValueTask<int> WriteAsync(RespWriter connection, IReadOnlyList<int> numbers, CancellationToken cancellation)
    {
        var refusals = 0;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            List<int> refused = [];
            await connection.WriteAsync(numbers, refused);
            if (refused.Count == 0)
                return refusals;
            refusals += refused.Count;
            numbers = refused;
        }

        throw new ServerException($"A write was refused {MostAttempts} times: {connection.LastRefusal}");
    }

    private async Task WatchAsync(CancellationToken written)
    {
        using var timer = new PeriodicTimer(SampleEvery);
        try
        {
            do
                await MeasureAsync();
            while (await timer.WaitForNextTickAsync(written));
        }
        catch (OperationCanceledException)
        {
            // The slice is over.
        }
    }

    private List<KeyBatch> Batches(int first, int end)
    {
        var byServer = isDirect
            ? Enumerable.Range(first, end - first).GroupBy(OwnerOf).SelectMany(group => group.Chunk(load.Pipeline).Select((numbers, turn) => (turn, batch: new KeyBatch(group.Key, numbers))))
            : Enumerable.Range(first, end - first).Chunk(load.Pipeline).Select((numbers, turn) => (turn, batch: new KeyBatch(turn % servers.Count, numbers)));
        return [.. byServer.OrderBy(static one => one.turn).Select(static one => one.batch)];
    }

    private int OwnerOf(int number)
    {
        Span<byte> key = stackalloc byte[64];
        return cluster!.OwnerOf(key[..RespWriter.WriteKey(number, key)]);
    }
}
