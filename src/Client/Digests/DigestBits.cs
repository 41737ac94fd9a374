using System.Buffers.Binary;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Client.Digests;

/// <summary>The bits of one generation of a silo's digest. One thread changes them while others read.</summary>
/// <remarks>
/// Words are changed one by one, so that a reader may see a block half old, half new. A key that is in both states has its bits in every mix of
/// them; one that is in one of them has come or gone in this moment, and either answer is true.
/// </remarks>
internal sealed class DigestBits(ulong generation, int blocks)
{
    /// <summary>What a changed block takes in a reply: its index and its bits.</summary>
    public const int BytesPerChange = sizeof(uint) + KeyDigest.BytesPerBlock;

    private readonly ulong[] _words = new ulong[blocks * KeyDigest.WordsPerBlock];

    /// <summary>Which filter of the silo it is.</summary>
    public ulong Generation => generation;

    /// <summary>Its blocks of <see cref="KeyDigest.BitsPerBlock"/> bits.</summary>
    public int Blocks => blocks;

    /// <summary>The memory of so many blocks.</summary>
    public static long BytesFor(int blocks) => (long)blocks * KeyDigest.BytesPerBlock;

    /// <summary>Whether the key with this hash may be there; when not, it is not.</summary>
    public bool MayHave(UInt128 hash) =>
        KeyDigest.IsIn(_words.AsSpan(KeyDigest.BlockOf(hash, blocks) * KeyDigest.WordsPerBlock, KeyDigest.WordsPerBlock), hash);

    /// <summary>Sets blocks as a reply has them; nothing when one of them is out of order or out of range.</summary>
    /// <param name="changes">Indices and bits.</param>
    /// <param name="first">The least index that may be there.</param>
    /// <param name="end">The index behind the largest.</param>
    public bool TryChange(ReadOnlySpan<byte> changes, int first, int end)
    {
        var least = (long)first;
        for (var at = 0; at < changes.Length; at += BytesPerChange)
        {
            var index = BinaryPrimitives.ReadUInt32LittleEndian(changes[at..]);
            if (index < least || index >= end)
                return false;
            least = index + 1L;
        }

        for (var at = 0; at < changes.Length; at += BytesPerChange)
        {
            var word = (int)BinaryPrimitives.ReadUInt32LittleEndian(changes[at..]) * KeyDigest.WordsPerBlock;
            for (var bits = changes.Slice(at + sizeof(uint), KeyDigest.BytesPerBlock); bits.Length > 0; bits = bits[sizeof(ulong)..])
                Volatile.Write(ref _words[word++], BinaryPrimitives.ReadUInt64LittleEndian(bits));
        }

        return true;
    }
}
