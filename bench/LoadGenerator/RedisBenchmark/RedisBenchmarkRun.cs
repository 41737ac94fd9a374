using System.Globalization;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.RedisBenchmark;

/// <summary>Runs redis-benchmark against every server in every round, in rotating order, after one run each that does not count.</summary>
internal sealed class RedisBenchmarkRun(RedisBenchmarkLoad load, int rounds, Action<string> progress)
{
    public const string Program = "redis-benchmark";

    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<RedisBenchmarkSample>> RunAsync(IReadOnlyDictionary<string, IServerKind> kinds, CancellationToken cancellation)
    {
        List<(string Name, RunningServer Server)> servers = [];
        List<RedisBenchmarkSample> samples = [];
        try
        {
            foreach (var (name, kind) in kinds)
            {
                servers.Add((name, await kind.StartAsync(ServerNeeds.ToHold(load.Bytes), cancellation)));
                await RunOnceAsync(servers[^1].Server, cancellation);
            }

            for (var round = 0; round < rounds; round++)
            {
                for (var turn = 0; turn < servers.Count; turn++)
                {
                    var (name, server) = servers[(round + turn) % servers.Count];
                    var before = CpuTimes.Now();
                    var results = await RunOnceAsync(server, cancellation);
                    var steal = CpuTimes.Now().StealSince(before);
                    samples.AddRange(results.Select(result => new RedisBenchmarkSample(name, round, result.Test, result.RequestsPerSecond, steal)));
                    progress($"round {round + 1} of {rounds}, {name}: " + string.Join(", ", results.Select(Summary)));
                }
            }

            return samples;
        }
        finally
        {
            foreach (var (_, server) in servers)
                await server.DisposeAsync();
        }
    }

    private async Task<List<(string Test, double RequestsPerSecond)>> RunOnceAsync(RunningServer server, CancellationToken cancellation)
    {
        var output = await Tool.RunAsync(Program, load.Arguments(server.Port), RunTimeout, cancellation);
        List<(string, double)> results = [];
        foreach (var line in output.Split('\n'))
        {
            var fields = line.Trim().Split(',').Select(static field => field.Trim('"')).ToArray();
            if (fields.Length > 1 && double.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var rate))
                results.Add((fields[0], rate));
        }

        return results.Count > 0 ? results : throw new ServerException($"{Program} printed no result: {output}");
    }

    private static string Summary((string Test, double RequestsPerSecond) result) =>
        FormattableString.Invariant($"{result.Test} {result.RequestsPerSecond:F0}/s");
}
