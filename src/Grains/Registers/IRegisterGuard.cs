using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Grains.Registers;

/// <summary>Tells whether this life may act on a register now. Thread-safe and quick: every read and write of a register asks.</summary>
public interface IRegisterGuard
{
    /// <summary>
    /// Whether the fence holds and this life owns <paramref name="key"/> under a settled map and every map since. A reader takes the entry first and asks then;
    /// a writer asks before it publishes and again behind it.
    /// </summary>
    bool MayAct(BlockKey key);

    /// <summary>Whether the current map is settled: this life may act on all that the map gives to it, while the fence holds.</summary>
    bool IsSettled { get; }

    /// <inheritdoc cref="MayAct(BlockKey)"/>
    /// <remarks>For a reader that has no use for a copy of the key.</remarks>
    bool MayAct(ReadOnlySpan<byte> key) => MayAct(BlockKey.From(key));
}
