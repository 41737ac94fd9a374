using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A silo's digest, made anew for each question, of all its keys.</summary>
internal sealed class ScriptedDigest(MapPosition? map)
{
    private long _number;
    private int _asked;
    private int _whole;

    /// <summary>How often it was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How often its end was sent.</summary>
    public int Whole => Volatile.Read(ref _whole);

    public MapPosition? Map { get; set; } = map;

    public ulong Generation { get; set; } = 0x1234;

    public int Blocks { get; init; } = 64;

    /// <summary>The blocks of a reply.</summary>
    public int PageBlocks { get; init; } = int.MaxValue;

    /// <summary>Keys that it has beside the silo's, and, with a minus before it, does not have.</summary>
    public string[] More { get; set; } = [];

    /// <summary>The silos whose handoffs are not done.</summary>
    public string[] Pending { get; set; } = [];

    public byte[] Reply(string[] command, IEnumerable<string> keys)
    {
        Interlocked.Increment(ref _asked);
        var words = new ulong[Blocks * KeyDigest.WordsPerBlock];
        foreach (var key in keys.Concat(More.Where(key => key[0] != '-')).Except(More.Where(key => key[0] == '-').Select(key => key[1..])))
            Add(words, KeyDigest.Hash(BlockKey.From(key)));
        var first = command[1] == Generation.ToString("x16", CultureInfo.InvariantCulture) ? int.Parse(command[3], CultureInfo.InvariantCulture) : 0;
        var end = (int)Math.Min(Blocks, (long)first + PageBlocks);
        if (end == Blocks)
            Interlocked.Increment(ref _whole);
        return Page(Generation, Interlocked.Increment(ref _number), Blocks, end == Blocks ? 0 : end, Map?.Encode() ?? "-", Pending, Changes(words, first, end));
    }

    /// <summary>A reply of these parts.</summary>
    public static byte[] Page(ulong generation, long number, long blocks, long next, string map, string[] pending, byte[] changes)
    {
        var head = new StringBuilder($"*7\r\n+{generation:x16}\r\n:{number}\r\n:{blocks}\r\n:{next}\r\n+{map}\r\n*{pending.Length}\r\n");
        foreach (var silo in pending)
            head.Append(CultureInfo.InvariantCulture, $"${silo.Length}\r\n{silo}\r\n");
        return [.. Encoding.ASCII.GetBytes($"{head}${changes.Length}\r\n"), .. changes, .. "\r\n"u8];
    }

    /// <summary>Empty blocks with these indices.</summary>
    public static byte[] Empty(params ReadOnlySpan<uint> indices)
    {
        var changes = new byte[indices.Length * (sizeof(uint) + KeyDigest.BytesPerBlock)];
        for (var i = 0; i < indices.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(changes.AsSpan(i * (sizeof(uint) + KeyDigest.BytesPerBlock)), indices[i]);
        return changes;
    }

    private void Add(ulong[] words, UInt128 hash)
    {
        var block = KeyDigest.BlockOf(hash, Blocks) * KeyDigest.WordsPerBlock;
        for (var i = 0; i < KeyDigest.BitsOfKey; i++)
            words[block + (KeyDigest.BitOf(hash, i) / 64)] |= 1UL << (KeyDigest.BitOf(hash, i) % 64);
    }

    private static byte[] Changes(ulong[] words, int first, int end)
    {
        var changes = Empty([.. Enumerable.Range(first, end - first).Select(i => (uint)i)]);
        for (var block = first; block < end; block++)
        {
            for (var i = 0; i < KeyDigest.WordsPerBlock; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(
                    changes.AsSpan(((block - first) * (sizeof(uint) + KeyDigest.BytesPerBlock)) + sizeof(uint) + (i * sizeof(ulong))), words[(block * KeyDigest.WordsPerBlock) + i]);
        }

        return changes;
    }
}
