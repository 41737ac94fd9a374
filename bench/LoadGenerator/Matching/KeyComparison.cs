using System.Diagnostics;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Matching;

/// <summary>Asks a silo and a Redis for the same keys, a slice of time to each in turn, each over one blocking connection.</summary>
internal sealed class KeyComparison(MatchPlan plan, BlockKey[] keys, PayloadPool payloads)
{
    private const int LongestEntry = 128;
    private const int LeaseMilliseconds = 60_000;

    public async Task<(IReadOnlyList<KeySlice> Silo, IReadOnlyList<KeySlice> Redis)> RunAsync(RunningServer silo, RunningServer redis, CancellationToken cancellation)
    {
        await using var ours = await ConnectAsync(silo, cancellation);
        await using var theirs = await ConnectAsync(redis, cancellation);
        for (var i = 0; i < keys.Length; i++)
            await theirs.SetAsync(Pinned.Copy(keys[i].Span), payloads.Of(i));
        var match = Command("KV.MATCH", [Encoding.ASCII.GetBytes($"{LeaseMilliseconds}")]);
        var exists = Command("EXISTS", []);

        List<KeySlice> silos = [];
        List<KeySlice> redises = [];
        for (var slice = -1; slice < plan.Slices; slice++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var turn = 0; turn < 2; turn++)
            {
                var isOurs = (slice + turn) % 2 == 0;
                var measured = isOurs ? await MeasureAsync(() => MatchAsync(ours, match)) : await MeasureAsync(() => ExistAsync(theirs, exists));
                // The first of each warms up.
                if (slice >= 0)
                    (isOurs ? silos : redises).Add(measured);
            }
        }

        return (silos, redises);
    }

    private async Task<KeySlice> MeasureAsync(Func<ValueTask> ask)
    {
        var before = CpuTimes.Now();
        var began = Stopwatch.GetTimestamp();
        var asked = 0L;
        while (Stopwatch.GetElapsedTime(began) < plan.SliceLength)
        {
            await ask();
            asked += keys.Length;
        }

        return new(asked / Stopwatch.GetElapsedTime(began).TotalSeconds, CpuTimes.Now().StealSince(before));
    }

    private async ValueTask MatchAsync(RespConnection silo, ReadOnlyMemory<byte> command)
    {
        var lease = await silo.MatchAsync(command, keys.Length);
        if (await silo.ReleaseAsync(lease) != keys.Length)
            throw new ServerException("A lease was not on all keys.");
    }

    private async ValueTask ExistAsync(RespConnection redis, ReadOnlyMemory<byte> command)
    {
        if (await redis.AskNumberAsync(command) != keys.Length)
            throw new ServerException("A key is not there.");
    }

    private Task<RespConnection> ConnectAsync(RunningServer server, CancellationToken cancellation) => ConnectAsync(server, keys.Length * LongestEntry, cancellation);

    private static async Task<RespConnection> ConnectAsync(RunningServer server, int longestReply, CancellationToken cancellation) =>
        new(await Transports.ConnectAsync(TransportKind.Blocking, server.Port, cancellation), longestReply);

    private ReadOnlyMemory<byte> Command(string name, byte[][] arguments)
    {
        var command = new List<byte>();
        command.AddRange(Encoding.ASCII.GetBytes($"*{1 + arguments.Length + keys.Length}\r\n${name.Length}\r\n{name}\r\n"));
        foreach (var argument in arguments.Concat(keys.Select(static key => key.Span.ToArray())))
        {
            command.AddRange(Encoding.ASCII.GetBytes($"${argument.Length}\r\n"));
            command.AddRange(argument);
            command.AddRange("\r\n"u8);
        }

        return Pinned.Copy([.. command]);
    }
}
