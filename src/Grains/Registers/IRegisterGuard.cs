using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Grains.Registers;

/// <summary>Tells whether this life may act on a register now. Thread-safe and quick: every read and write of a register asks.</summary>
public interface IRegisterGuard
{
    /// <summary>
    /// Whether the fence holds and this life owns <paramref name="key"/> under a settled map and every map since. A reader takes the entry first and asks then;
    /// a writer asks before it publishes and again behind it.
    /// </summary>
    bool MayAct(ReadOnlySpan<byte> key);

    /// <summary>Whether the current map is settled: this life may act on all that the map gives to it, while the fence holds.</summary>
    bool IsSettled { get; }

    /// <inheritdoc cref="MayAct(ReadOnlySpan{byte})"/>
    bool MayAct(BlockKey key) => MayAct(key.Span);
}
