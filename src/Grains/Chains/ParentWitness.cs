using System.Collections.Immutable;
using System.Runtime.InteropServices;
using KvOrleans.Contracts.Control;
using KvOrleans.Storage;

namespace KvOrleans.Grains.Chains;

/// <summary>Tells other silos which parents this one may hold. Thread-safe.</summary>
/// <remarks>It needs not be the owner, nor know what was deleted: what it holds back just now it holds.</remarks>
internal sealed class ParentWitness(BlockStore store)
{
    private const int BitsPerWord = 64;

    /// <inheritdoc cref="ISiloPeer.MayHoldAsync"/>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public ImmutableArray<ulong> MayHold(ImmutableArray<UInt128> keys)
    {
        if (keys.IsDefault || keys.Length > ISiloPeer.MostKeys)
            throw new ArgumentException($"At most {ISiloPeer.MostKeys} keys are looked for at once.", nameof(keys));
        Span<bool> found = stackalloc bool[keys.Length];
        store.MayHold(keys.AsSpan(), found);
        var bits = new ulong[(keys.Length + BitsPerWord - 1) / BitsPerWord];
        for (var i = 0; i < found.Length; i++)
            bits[i / BitsPerWord] |= found[i] ? 1UL << (i % BitsPerWord) : 0;
        return ImmutableCollectionsMarshal.AsImmutableArray(bits);
    }

    /// <summary>What an answer says of a key.</summary>
    public static bool Says(ImmutableArray<ulong> answer, int key) => (answer[key / BitsPerWord] & (1UL << (key % BitsPerWord))) != 0;
}
