using System.Buffers.Text;
using System.Text;

namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>Writes the plain keys <c>bench:size:number</c> into one pinned buffer, one at a time.</summary>
internal sealed class BlockNames
{
    private const int LongestName = 64;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(LongestName, pinned: true);
    private readonly int _prefix;

    public BlockNames(int size) => _prefix = Encoding.UTF8.GetBytes($"bench:{size}:", _bytes);

    /// <summary>The key of block <paramref name="number"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Of(long number) =>
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_prefix), out var written)
            ? _bytes.AsMemory(0, _prefix + written)
            : throw new InvalidOperationException("A key is too long.");
}
