using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A silo's data plane as a test wants it: it keeps blocks and answers as a silo does, unless <see cref="Script"/> answers first.</summary>
internal sealed class ScriptedSilo : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<ScriptedConnection, bool> _connections = new();
    private readonly SemaphoreSlim _heard = new(0);
    private int _connectionCount;
    private int _greeted;
    private int _ended;
    private long _lastLease;
    private long _lastSequence;

    public ScriptedSilo(string name = "silo")
    {
        Fills = new(this);
        _listener.Start();
        Descriptor = new(name, "", 1, (IPEndPoint)_listener.LocalEndpoint, new((ulong)Random.Shared.NextInt64(1, long.MaxValue)));
        _ = AcceptAsync();
    }

    public SiloDescriptor Descriptor { get; }

    /// <summary>Who computes what.</summary>
    public ScriptedFills Fills { get; }

    /// <summary>Answers a command in its own way and returns true, or returns false to leave it to the silo.</summary>
    public Func<ScriptedConnection, string[], Task<bool>>? Script { get; set; }

    /// <summary>With it, a match's missing keys are answered with this map id instead of null.</summary>
    public long ElsewhereMap { get; set; }

    /// <summary>With it, a match's reply names these silos to ask for what is missing.</summary>
    public string? Others { get; set; }

    /// <summary>What it answers about its digest; null: it knows of none.</summary>
    public ScriptedDigest? Digest { get; set; }

    /// <summary>What it answers about what is hot; null: it knows of nothing such.</summary>
    public ScriptedHot? Hot { get; set; }

    public ConcurrentDictionary<string, (BlockVersion Version, byte[] Payload)> Blocks { get; } = new();

    /// <summary>Every command but the greeting, with the number of its connection.</summary>
    public ConcurrentQueue<(int Connection, string[] Command)> Heard { get; } = new();

    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Connections that have ended.</summary>
    public int EndedCount => Volatile.Read(ref _ended);

    public BlockVersion Put(string key, byte[] payload)
    {
        var version = new BlockVersion(1, Descriptor.Life, Interlocked.Increment(ref _lastSequence));
        Blocks[key] = (version, payload);
        Fills.End(key);
        return version;
    }

    /// <summary>Has a copy of what another has.</summary>
    public void Copy(ScriptedSilo other, string key) => Blocks[key] = other.Blocks[key];

    /// <summary>Waits until a command has been heard.</summary>
    public async Task<(int Connection, string[] Command)> HearAsync(Func<string[], bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            foreach (var heard in Heard)
            {
                if (wanted(heard.Command))
                    return heard;
            }

            await _heard.WaitAsync(limit.Token);
        }
    }

    /// <summary>Waits until so many connections have been opened and have greeted.</summary>
    public async Task WaitForConnectionsAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Volatile.Read(ref _greeted) < count)
            await _heard.WaitAsync(limit.Token);
    }

    /// <summary>The reply to <c>KV.GET</c> with these parts, to be sent whole or in pieces.</summary>
    public static byte[] Block(BlockVersion version, byte[] payload, BlockChecksum? checksum = null) =>
        [.. Encoding.ASCII.GetBytes($"*3\r\n+{version}\r\n+{checksum ?? BlockChecksum.Of(payload)}\r\n${payload.Length}\r\n"), .. payload, .. "\r\n"u8];

    /// <summary>Ends the connections that there are; others may be opened.</summary>
    public void EndConnections()
    {
        foreach (var connection in _connections.Keys)
            connection.Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        EndConnections();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new ScriptedConnection(await _listener.AcceptSocketAsync(), Interlocked.Increment(ref _connectionCount));
                _connections[connection] = true;
                _ = ServeAsync(connection);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(ScriptedConnection connection)
    {
        try
        {
            while (await connection.ReadCommandAsync() is { } command)
            {
                if (command[0] is not ("PING" or "AUTH"))
                    Heard.Enqueue((connection.Number, command));
                else if (command[0] == "PING")
                    Interlocked.Increment(ref _greeted);
                _heard.Release();
                if (Script is { } script && await script(connection, command))
                    continue;
                await connection.SendAsync(command[0] is "KV.FILL" or "KV.FILLED" ? Fills.Answer(connection.Number, command) : Answer(command));
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            Fills.EndAll(connection.Number);
            Interlocked.Increment(ref _ended);
            connection.Dispose();
        }
    }

    private byte[] Answer(string[] command) => command[0] switch
    {
        "PING" => "+PONG\r\n"u8.ToArray(),
        "AUTH" => "+OK\r\n"u8.ToArray(),
        "KV.GET" => Get(command),
        "KV.SET" => Set(command),
        "KV.MATCH" => Match(command),
        "KV.DIGEST" when Digest is { } digest => digest.Reply(command, Blocks.Keys),
        "KV.HOT" when Hot is { } hot => hot.Reply(command),
        "KV.EXTEND" => Encoding.ASCII.GetBytes($":{command[2]}\r\n"),
        "KV.RELEASE" => ":1\r\n"u8.ToArray(),
        "INFO" => "$40\r\n# Server\r\nsilo_name:one\r\nblocks:3\r\nodd\r\n\r\n"u8.ToArray(),
        _ => "-ERR unknown command\r\n"u8.ToArray(),
    };

    private byte[] Get(string[] command)
    {
        if (!Blocks.TryGetValue(command[1], out var block) || (command.Length >= 4 && command[3] != block.Version.ToString()))
            return "*-1\r\n"u8.ToArray();
        if (command.Length < 7)
            return Block(block.Version, block.Payload);
        var (offset, length) = (int.Parse(command[5], CultureInfo.InvariantCulture), int.Parse(command[6], CultureInfo.InvariantCulture));
        return Block(block.Version, block.Payload[offset..(offset + length)]);
    }

    private byte[] Set(string[] command)
    {
        if (Blocks.TryGetValue(command[1], out var there))
            return Encoding.ASCII.GetBytes($"*2\r\n+conflict\r\n+{there.Version}\r\n");
        var payload = Encoding.Latin1.GetBytes(command[^1]);
        if (BlockChecksum.Of(payload).ToString() != command[4])
            return "-CHECKSUM differs\r\n"u8.ToArray();
        return Encoding.ASCII.GetBytes($"*2\r\n+accepted\r\n+{Put(command[1], payload)}\r\n");
    }

    private string Missing => ElsewhereMap > 0 ? $":{ElsewhereMap}\r\n" : "$-1\r\n";

    private byte[] Match(string[] command)
    {
        var reply = new StringBuilder($"*{command.Length + (Others is null ? 0 : 1)}\r\n:{Interlocked.Increment(ref _lastLease)}\r\n:{command[1]}\r\n");
        foreach (var key in command.Skip(2))
            reply.Append(Blocks.TryGetValue(key, out var block) ? $"+{block.Version} {block.Payload.Length}\r\n" : Missing);
        if (Others is not null)
            reply.Append(Others);
        return Encoding.ASCII.GetBytes(reply.ToString());
    }
}
