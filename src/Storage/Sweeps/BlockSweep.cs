using System.Numerics;

namespace KvOrleans.Storage.Sweeps;

/// <summary>Where a visit to all blocks, the most used first, has come to. Used by one thread at a time.</summary>
/// <remarks>
/// The visit makes a pass over the records for each class of uses, hottest first. What it visited it marks, so that a block whose uses grow meanwhile is neither
/// missed nor visited twice. Sweeps at the same time overwrite each other's marks: then a block may be visited more than once, and none is missed.
/// </remarks>
public sealed class BlockSweep
{
    /// <summary>Uses of 0, 1, 2 to 3, 4 to 7, and so on to 128 and more.</summary>
    public const int UseClasses = 9;

    internal BlockSweep(uint number) => Number = number;

    /// <summary>The class of uses that it is at; those met now have at least as many. -1 when it is done.</summary>
    public int UseClass { get; internal set; } = UseClasses - 1;

    /// <summary>Whether every block that was there from its start to its end has been visited.</summary>
    public bool IsDone => UseClass < 0;

    internal uint Number { get; }

    /// <summary>The record that comes next.</summary>
    internal int Cursor { get; set; }

    /// <summary>The class of a number of uses: 0 to 8.</summary>
    public static int ClassOf(byte uses) => uses == 0 ? 0 : BitOperations.Log2(uses) + 1;
}
