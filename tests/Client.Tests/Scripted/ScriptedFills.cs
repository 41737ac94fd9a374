using System.Collections.Concurrent;
using System.Text;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>Fill leases as a silo keeps them, but for their time.</summary>
internal sealed class ScriptedFills(ScriptedSilo silo)
{
    private readonly ConcurrentDictionary<string, int> _leases = new();

    /// <summary>The keys that somebody computes.</summary>
    public ICollection<string> Keys => _leases.Keys;

    /// <summary>The lease of a key is another connection's.</summary>
    public void Take(string key) => _leases[key] = -1;

    /// <summary>The lease of a key ends.</summary>
    public void End(string key) => _leases.TryRemove(key, out _);

    /// <summary>A connection has ended, and its leases with it.</summary>
    public void EndAll(int connection)
    {
        foreach (var lease in _leases)
        {
            if (lease.Value == connection)
                End(lease.Key);
        }
    }

    public byte[] Answer(int connection, string[] command)
    {
        if (command[0] == "KV.FILLED")
        {
            foreach (var key in command.Skip(1).Where(key => _leases.TryGetValue(key, out var holder) && holder == connection))
                End(key);
            return ":1\r\n"u8.ToArray();
        }

        var reply = new StringBuilder($"*{command.Length - 2}\r\n");
        foreach (var key in command.Skip(2))
        {
            if (silo.Blocks.TryGetValue(key, out var block))
                reply.Append($"+{block.Version} {block.Payload.Length}\r\n");
            else
                reply.Append(_leases.GetOrAdd(key, connection) == connection ? ":1000\r\n" : ":-1000\r\n");
        }

        return Encoding.ASCII.GetBytes(reply.ToString());
    }
}
