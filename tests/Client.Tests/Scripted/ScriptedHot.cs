using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A silo's hot list as a test wants it.</summary>
internal sealed class ScriptedHot
{
    private readonly Lock _gate = new();
    private string _blocks = "*0\r\n";
    private long _number = 7;
    private int _asked;

    /// <summary>How often it was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What the silo says to have sent lately.</summary>
    public long Sent { get; set; }

    /// <summary>What it was told of near reads, by key.</summary>
    public ConcurrentDictionary<string, long> Near { get; } = new();

    /// <summary>Lists these blocks from now on.</summary>
    public void List(params (string Key, BlockVersion Version, int Length, ScriptedSilo[] Holders)[] blocks)
    {
        lock (_gate)
            (_number, _blocks) = (_number + 1, $"*{blocks.Length}\r\n{string.Concat(blocks.Select(block => Entry(block.Key, block.Version, block.Length, block.Holders)))}");
    }

    public byte[] Reply(string[] command)
    {
        Interlocked.Increment(ref _asked);
        for (var i = 2; i < command.Length; i += 2)
            Near.AddOrUpdate(command[i], long.Parse(command[i + 1], CultureInfo.InvariantCulture), (_, before) => before + long.Parse(command[i + 1], CultureInfo.InvariantCulture));
        lock (_gate)
            return Encoding.Latin1.GetBytes($"*3\r\n:{_number}\r\n:{Sent}\r\n{(command[1] == _number.ToString(CultureInfo.InvariantCulture) ? "*-1\r\n" : _blocks)}");
    }

    /// <summary>An entry of these parts.</summary>
    public static string Entry(string key, BlockVersion version, int length, params ReadOnlySpan<ScriptedSilo> holders)
    {
        var text = new StringBuilder($"*5\r\n${key.Length}\r\n{key}\r\n+{version}\r\n:{length}\r\n:1000\r\n*{holders.Length}\r\n");
        foreach (var holder in holders)
            text.Append(CultureInfo.InvariantCulture, $"${holder.Descriptor.DataPlane.ToString().Length}\r\n{holder.Descriptor.DataPlane}\r\n");
        return text.ToString();
    }
}
