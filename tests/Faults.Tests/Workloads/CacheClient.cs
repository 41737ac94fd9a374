using System.Diagnostics;
using System.Net.Sockets;
using KvOrleans.Faults.Tests.Nodes;
using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>One client: an operation at a time, each on a key and a silo of its choice, and a little thinking in between.</summary>
internal sealed class CacheClient(int number, int seed, FaultCluster cluster, IReadOnlyList<string> keys, Action<Attempt> record) : IDisposable
{
    private const int LongestThinking = 50;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(HashCode.Combine(seed, number));
    private readonly Dictionary<SiloNode, RespClient> _connections = [];
    private readonly Dictionary<string, string> _versions = [];
    private int _sequence;

    public async Task RunAsync(CancellationToken stop)
    {
        do
        {
            var silos = cluster.Silos;
            var key = keys[_random.Next(keys.Count)];
            await DoAsync(key, silos[_random.Next(silos.Count)], WorkloadKeys.IsRegister(key) ? ChooseForRegister() : ChooseForBlock());
        }
        while (await Passing.OfAsync(TimeSpan.FromMilliseconds(_random.Next(1, LongestThinking)), stop));
    }

    /// <summary>Asks for one thing by one silo.</summary>
    /// <returns>True when there was an answer.</returns>
    public async Task<bool> AskAsync(string key, SiloNode silo, OperationKind kind) => (await DoAsync(key, silo, kind)).IsAnswered;

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
            connection.Dispose();
    }

    private OperationKind ChooseForRegister() => _random.Next(100) switch
    {
        < 45 => OperationKind.Get,
        < 65 => OperationKind.Set,
        < 75 => OperationKind.SetIfAbsent,
        < 92 => OperationKind.SetExactly,
        _ => OperationKind.Delete,
    };

    private OperationKind ChooseForBlock() => _random.Next(100) switch
    {
        < 60 => OperationKind.Get,
        < 85 => OperationKind.Set,
        _ => OperationKind.Delete,
    };

    private async Task<Attempt> DoAsync(string key, SiloNode silo, OperationKind kind)
    {
        if (kind == OperationKind.SetExactly && !_versions.ContainsKey(key))
            kind = OperationKind.Get;
        var argument = kind is OperationKind.Get or OperationKind.Delete ? null : $"{number}:{_sequence++}";
        var expected = kind == OperationKind.SetExactly ? _versions[key] : null;
        var command = Command(key, kind, argument, expected);
        var invoked = Stopwatch.GetTimestamp();
        var (outcome, note) = await AskAsync(silo, kind, command);
        var operation = new Operation(number, key, kind, argument, expected, invoked, Stopwatch.GetTimestamp(), outcome, $"{silo.Place.Name} {command[0]}: {note}");
        if (outcome is { Kind: OutcomeKind.Value or OutcomeKind.Done, Version: { } version })
            _versions[key] = version;
        var attempt = new Attempt(operation, silo.Place.Name);
        record(attempt);
        return attempt;
    }

    /// <summary>Half of the commands are Redis' own, half are those that tell versions.</summary>
    private string[] Command(string key, OperationKind kind, string? argument, string? expected)
    {
        var plain = _random.Next(2) == 0;
        return kind switch
        {
            OperationKind.Get => plain ? ["GET", key] : ["KV.GET", key],
            OperationKind.Set when !plain && !WorkloadKeys.IsRegister(key) => ["KV.SET", key, "ANY", "0", "-", "REPLICATED", argument!],
            OperationKind.Set => plain ? ["SET", key, argument!] : ["KV.SET", key, "ANY", "0", "-", argument!],
            OperationKind.SetIfAbsent => plain ? ["SET", key, argument!, "NX"] : ["KV.SET", key, "ABSENT", "0", "-", argument!],
            OperationKind.SetExactly => ["KV.SET", key, expected!, "0", "-", argument!],
            _ => ["DEL", key],
        };
    }

    private async Task<(Outcome Outcome, string Note)> AskAsync(SiloNode silo, OperationKind kind, string[] command)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        RespClient? connection;
        try
        {
            if (!_connections.TryGetValue(silo, out connection))
                _connections[silo] = connection = await RespClient.ConnectAsync(cluster.Network, silo.DataPlane, deadline.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return (Outcome.NoEffect, $"not connected, {Short(error)}");
        }

        try
        {
            var reply = await connection.AskAsync(command, deadline.Token);
            return (Answers.Read(kind, reply), reply.IsError ? reply.Text! : "answered");
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or EndOfStreamException)
        {
            _connections.Remove(silo);
            connection.Dispose();
            return (Outcome.Unknown, Short(error));
        }
    }

    private static string Short(Exception error) => error switch
    {
        SocketException socket => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "deadline",
        _ => error.Message,
    };
}
