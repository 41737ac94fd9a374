using System.Diagnostics;
using System.Text;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Detour;

/// <summary>Reads write-once blocks from the silo that owns them and through one that must fetch them, in turn, each over one connection.</summary>
internal sealed class DetourRun(int size, int reads, Action<string> progress)
{
    private const int Blocks = 8;

    private readonly PayloadPool _payloads = new(size, Blocks);
    private readonly List<byte[]> _keys = [];

    public async Task<IReadOnlyList<DetourSeries>> RunAsync(CancellationToken cancellation)
    {
        // A block that is read again would be copied to the other silo, and be no detour any more.
        await using var cluster = await SiloCluster.StartAsync(2, ServerNeeds.ToHold((long)size * Blocks), ["--KvOrleans:Copies:AfterReuse", "1"], cancellation);
        await using var owner = await ConnectAsync(cluster.Silos[0], cancellation);
        await using var other = await ConnectAsync(cluster.Silos[1], cancellation);
        for (var number = 0; _keys.Count < Blocks; number++)
        {
            var key = Pinned(Encoding.ASCII.GetBytes($"kv:detour/{number}"));
            if (cluster.OwnerOf(key) != 0)
                continue;
            await owner.SetAsync(key, _payloads.Of(_keys.Count));
            _keys.Add(key);
        }

        progress("warm up");
        List<DetourSeries> series = [];
        for (var isWarm = false; series.Count < 2; isWarm = true)
        {
            foreach (var (name, read) in Commands())
            {
                var before = CpuTimes.Now();
                var pairs = await ReadAsync(owner, other, read, cancellation);
                if (isWarm)
                    series.Add(new(name, [.. pairs.Select(static pair => pair.Direct)], [.. pairs.Select(static pair => pair.Detour)], CpuTimes.Now().StealSince(before)));
            }
        }

        var expected = 4L * reads;
        var forwarded = (await cluster.InfoAsync())[1]["forwarded_reads"];
        return forwarded == expected
            ? series
            : throw new ServerException($"{forwarded} reads of {expected} took the detour.");
    }

    private static IEnumerable<(string Name, Func<RespConnection, byte[], ValueTask<ReadOnlyMemory<byte>>> Read)> Commands() =>
    [
        ("GET", static (connection, key) => connection.GetAsync(key)),
        ("KV.GET", static (connection, key) => connection.GetIdentifiedAsync(key)),
    ];

    private async Task<List<(TimeSpan Direct, TimeSpan Detour)>> ReadAsync(
        RespConnection owner, RespConnection other, Func<RespConnection, byte[], ValueTask<ReadOnlyMemory<byte>>> read, CancellationToken cancellation)
    {
        List<(TimeSpan, TimeSpan)> pairs = new(reads);
        for (var round = 0; round < reads; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = round % Blocks;
            if (round % 2 == 0)
            {
                var direct = await TimeAsync(owner, read, block);
                pairs.Add((direct, await TimeAsync(other, read, block)));
            }
            else
            {
                var detour = await TimeAsync(other, read, block);
                pairs.Add((await TimeAsync(owner, read, block), detour));
            }
        }

        return pairs;
    }

    private async Task<TimeSpan> TimeAsync(RespConnection connection, Func<RespConnection, byte[], ValueTask<ReadOnlyMemory<byte>>> read, int block)
    {
        var began = Stopwatch.GetTimestamp();
        var payload = await read(connection, _keys[block]);
        var elapsed = Stopwatch.GetElapsedTime(began);
        return _payloads.Equals(block, payload.Span) ? elapsed : throw new ServerException("A block came back with wrong bytes.");
    }

    private async Task<RespConnection> ConnectAsync(RunningServer silo, CancellationToken cancellation) =>
        new(await Transports.ConnectAsync(TransportKind.Blocking, silo.Port, cancellation), size);

    private static byte[] Pinned(byte[] bytes)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        return pinned;
    }
}
