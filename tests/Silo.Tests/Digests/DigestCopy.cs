using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KvOrleans.Contracts.Digests;
using KvOrleans.Probes;

namespace KvOrleans.Silo.Tests.Digests;

/// <summary>A silo's digest as a client keeps it: by the rules of docs/matching.md, with every rule of a reply asserted.</summary>
internal sealed class DigestCopy(RespProbe probe)
{
    public const int MostBlocks = 4096;

    private const int BytesPerChange = sizeof(int) + KeyDigest.BytesPerBlock;

    private ulong[] _words = [];
    private long _since;

    public string Generation { get; private set; } = "0000000000000000";

    public int Blocks { get; private set; }

    /// <summary>The map of the last reply.</summary>
    public string Map { get; private set; } = "";

    /// <summary>The pending handoffs of the last reply.</summary>
    public IReadOnlyList<string> Pending { get; private set; } = [];

    /// <summary>How many blocks the last round brought.</summary>
    public int Changes { get; private set; }

    /// <summary>Replies of the last round.</summary>
    public int Replies { get; private set; }

    public bool MayHave(string key)
    {
        var hash = KeyDigest.Hash(Encoding.UTF8.GetBytes(key));
        return KeyDigest.IsIn(_words.AsSpan(KeyDigest.BlockOf(hash, Blocks) * KeyDigest.WordsPerBlock, KeyDigest.WordsPerBlock), hash);
    }

    /// <summary>Asks until all is there.</summary>
    public DigestCopy Refresh()
    {
        (Changes, Replies) = (0, 0);
        long? number = null;
        for (var first = 0; ;)
        {
            var (next, replyNumber, isNew) = Ask(first);
            number = isNew ? replyNumber : number ?? replyNumber;
            if (next == 0)
                break;
            Assert.True(isNew || next > first, "every reply gets on");
            first = next;
        }

        Assert.True(number >= _since, "numbers never go back");
        _since = number.Value;
        return this;
    }

    private (int Next, long Number, bool IsNew) Ask(int first)
    {
        probe.Send(RespProbe.Frame("KV.DIGEST", Generation, $"{_since}", $"{first}"));
        var reply = probe.ReadReply();
        Replies++;
        var lines = new Queue<string>(reply.Split("\r\n", 8));
        Assert.Equal("*7", lines.Dequeue());
        var generation = lines.Dequeue();
        Assert.Matches("^\\+[0-9a-f]{16}$", generation);
        var (number, blocks, next) = (Number(lines.Dequeue()), (int)Number(lines.Dequeue()), (int)Number(lines.Dequeue()));
        Map = lines.Dequeue()[1..];
        var rest = lines.Dequeue();
        var isNew = generation[1..] != Generation;
        if (isNew)
        {
            (Generation, Blocks, _since) = (generation[1..], blocks, 0);
            _words = new ulong[blocks * KeyDigest.WordsPerBlock];
        }

        Assert.Equal(Blocks, blocks);
        Take(Split(rest + "\r\n" + string.Join("\r\n", lines)));
        return (next, number, isNew);
    }

    private string Split(string rest)
    {
        var end = rest.IndexOf("\r\n", StringComparison.Ordinal);
        var pending = new string[Number(rest[..end], '*')];
        rest = rest[(end + 2)..];
        for (var i = 0; i < pending.Length; i++)
        {
            var lines = rest.Split("\r\n", 3);
            pending[i] = lines[1];
            rest = lines[2];
        }

        Pending = pending;
        end = rest.IndexOf("\r\n", StringComparison.Ordinal);
        var length = (int)Number(rest[..end], '$');
        Assert.Equal(end + 2 + length + 2, rest.Length);
        return rest.Substring(end + 2, length);
    }

    private void Take(string latin1)
    {
        var bytes = Encoding.Latin1.GetBytes(latin1);
        Assert.Equal(0, bytes.Length % BytesPerChange);
        Assert.InRange(bytes.Length / BytesPerChange, 0, MostBlocks);
        for (int at = 0, last = -1; at < bytes.Length; at += BytesPerChange)
        {
            var block = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            Assert.InRange(block, last + 1, Blocks - 1);
            last = block;
            for (var i = 0; i < KeyDigest.WordsPerBlock; i++)
                _words[(block * KeyDigest.WordsPerBlock) + i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at + sizeof(int) + (i * sizeof(ulong))));
            Changes++;
        }
    }

    private static long Number(string line, char type = ':')
    {
        Assert.Equal(type, line[0]);
        return long.Parse(line[1..], CultureInfo.InvariantCulture);
    }
}
