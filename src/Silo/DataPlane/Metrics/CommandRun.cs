using KvOrleans.Silo.DataPlane.Commands;

namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>What <see cref="CommandMetrics"/> keeps for a connection.</summary>
internal struct CommandRun
{
    /// <summary>The last command; null: one that is not known.</summary>
    public DataPlaneCommand? Command;

    /// <summary>How often it ran in a row and was not told of.</summary>
    public int Count;

    /// <summary>How many quick ones were not timed.</summary>
    public int Untimed;
}
