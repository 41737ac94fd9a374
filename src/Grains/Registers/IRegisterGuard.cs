using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Grains.Registers;

/// <summary>Tells whether this life may act on a register now. Thread-safe and quick: every read and write of a register asks.</summary>
public interface IRegisterGuard
{
    /// <summary>
    /// Whether the fence holds and this life owns <paramref name="key"/> under a settled map and every map since. A writer asks before it publishes and again behind it;
    /// a reader asks <see cref="MayAct(ReadOnlySpan{byte}, long)"/>.
    /// </summary>
    bool MayAct(ReadOnlySpan<byte> key);

    /// <summary>Another with every map that is installed, from before it is acted upon.</summary>
    long Term { get; }

    /// <summary>
    /// Whether what the store said of <paramref name="key"/> is the register's value: this life may act on it now, and no map was installed since <paramref name="term"/> was
    /// taken, which came before the store was asked. A reader that stood still while the key was lost and came back holds a value of the time before.
    /// </summary>
    bool MayAct(ReadOnlySpan<byte> key, long term) => MayAct(key) && Term == term;

    /// <summary>Whether the current map is settled: this life may act on all that the map gives to it, while the fence holds.</summary>
    bool IsSettled { get; }

    /// <inheritdoc cref="MayAct(ReadOnlySpan{byte})"/>
    bool MayAct(BlockKey key) => MayAct(key.Span);
}
