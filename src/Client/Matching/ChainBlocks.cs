using System.Collections;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Matching;

/// <summary>The blocks of a chain in pieces: one array of a long chain would be a large object, and a few matches of such ones a collection of everything.</summary>
internal sealed class ChainBlocks
{
    private const int PieceBits = 10;
    private const int PieceLength = 1 << PieceBits;

    private readonly MatchedBlock[][] _pieces;

    /// <summary>Copies keys, not their bytes; nothing is known of them yet.</summary>
    public ChainBlocks(ReadOnlySpan<BlockKey> keys)
    {
        Length = keys.Length;
        _pieces = new MatchedBlock[(keys.Length + PieceLength - 1) / PieceLength][];
        for (var piece = 0; piece < _pieces.Length; piece++)
        {
            var some = keys[(piece * PieceLength)..Math.Min((piece + 1) * PieceLength, keys.Length)];
            var blocks = _pieces[piece] = new MatchedBlock[some.Length];
            for (var i = 0; i < some.Length; i++)
                blocks[i] = new(some[i], default, 0);
        }
    }

    /// <summary>How many there are.</summary>
    public int Length { get; }

    /// <summary>The block at a position of the chain.</summary>
    public ref MatchedBlock this[int position] => ref _pieces[position >> PieceBits][position & (PieceLength - 1)];

    /// <summary>The first <paramref name="count"/> blocks; nobody may change them any more.</summary>
    public IReadOnlyList<MatchedBlock> Leading(int count) =>
        count <= PieceLength && _pieces.Length > 0 ? new ArraySegment<MatchedBlock>(_pieces[0], 0, count) : new LeadingBlocks(this, count);

    private sealed class LeadingBlocks(ChainBlocks blocks, int count) : IReadOnlyList<MatchedBlock>
    {
        public int Count => count;

        public MatchedBlock this[int index] =>
            (uint)index < (uint)count ? blocks[index] : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {count} blocks.");

        public IEnumerator<MatchedBlock> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
                yield return blocks[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
