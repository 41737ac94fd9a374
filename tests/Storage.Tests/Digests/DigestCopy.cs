using System.Buffers.Binary;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage.Digests;

namespace KvOrleans.Storage.Tests.Digests;

/// <summary>A store's digest as a client keeps it, from the changes alone.</summary>
internal sealed class DigestCopy(BlockStore store)
{
    private readonly Random _random = new(5);
    private ulong[] _words = [];
    private long _since;

    public ulong Generation { get; private set; }

    public int Blocks { get; private set; }

    /// <summary>The keys that the filter is made for.</summary>
    public long Capacity => (long)Blocks * KeyDigest.BitsPerBlock / KeyDigest.BitsPerKey;

    /// <summary>How many blocks the last round brought.</summary>
    public int Changes { get; private set; }

    public ReadOnlySpan<ulong> Words => _words;

    public bool MayHave(ReadOnlySpan<byte> key)
    {
        var hash = KeyDigest.Hash(key);
        return KeyDigest.IsIn(_words.AsSpan(KeyDigest.BlockOf(hash, Blocks) * KeyDigest.WordsPerBlock, KeyDigest.WordsPerBlock), hash);
    }

    /// <summary>Reads until all is there, each time with room for at most so many blocks.</summary>
    public DigestCopy Refresh(int mostAtOnce = 4096, Action? between = null)
    {
        Changes = 0;
        long? number = null;
        for (var first = 0; ;)
        {
            var into = new byte[_random.Next(1, mostAtOnce + 1) * BlockStore.BytesPerDigestChange];
            var read = store.ReadDigest(Generation, _since, first, into);
            var isNew = read.Generation != Generation;
            if (isNew)
                Begin(read);
            number = isNew ? read.Number : number ?? read.Number;
            Assert.True(read.Blocks == Blocks && read.Number >= number);
            Assert.True(read.Next == 0 || isNew || read.Next > first, "every read gets on");
            Take(into.AsSpan(0, read.Changes * BlockStore.BytesPerDigestChange), isNew ? 0 : first, read.Next == 0 ? Blocks : read.Next);
            first = read.Next;
            if (first == 0)
                break;
            between?.Invoke();
        }

        _since = number.Value;
        return this;
    }

    private void Begin(in DigestRead read)
    {
        Assert.NotEqual(0ul, read.Generation);
        (Generation, Blocks, _since) = (read.Generation, read.Blocks, 0);
        _words = new ulong[Blocks * KeyDigest.WordsPerBlock];
    }

    private void Take(ReadOnlySpan<byte> changes, int from, int to)
    {
        for (; !changes.IsEmpty; changes = changes[BlockStore.BytesPerDigestChange..])
        {
            var block = BinaryPrimitives.ReadInt32LittleEndian(changes);
            Assert.InRange(block, from, to - 1);
            from = block + 1;
            for (var i = 0; i < KeyDigest.WordsPerBlock; i++)
                _words[(block * KeyDigest.WordsPerBlock) + i] = BinaryPrimitives.ReadUInt64LittleEndian(changes[(sizeof(int) + (i * sizeof(ulong)))..]);
            Changes++;
        }
    }
}
