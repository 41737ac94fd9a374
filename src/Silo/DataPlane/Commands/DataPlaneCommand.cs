using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands;

/// <summary>A command of the data plane: what <c>COMMAND</c> says of it, and what it does. Stateless, but for its place in the table.</summary>
internal abstract class DataPlaneCommand
{
    /// <summary>Its name in upper case.</summary>
    public abstract string Name { get; }

    /// <summary>How many arguments it takes, its name among them; negative: at least that many. As in Redis.</summary>
    public abstract int Arity { get; }

    /// <summary>Its arguments, for <c>COMMAND DOCS</c>.</summary>
    public abstract string Syntax { get; }

    /// <summary>What it does, in a sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Redis' group for it.</summary>
    public abstract string Group { get; }

    /// <summary>Redis' flags: <c>readonly</c>, <c>write</c>, <c>fast</c> …</summary>
    public virtual IReadOnlyList<string> Flags => ["readonly", "fast"];

    /// <summary>Where its keys are: first, last (negative: from the end) and step; zeros: none.</summary>
    public virtual (int First, int Last, int Step) Keys => default;

    /// <summary>Whether it takes so little that to time each would be felt.</summary>
    public virtual bool IsQuick => false;

    /// <summary>Its place in the table, from 1 on.</summary>
    public int Number { get; set; }

    /// <summary>Whether it may run before <c>AUTH</c>.</summary>
    public virtual bool NeedsNoAuthentication => false;

    /// <summary>Whether it takes care itself of the order with the writes under way before it.</summary>
    public virtual bool DecidesInParallel => false;

    /// <summary>The index of its value among <paramref name="argumentCount"/> arguments, or -1.</summary>
    public virtual int ValuePosition(int argumentCount) => -1;

    /// <summary>Runs it: writes the reply, or defers it.</summary>
    public abstract ValueTask ExecuteAsync(Session session);

    /// <summary>Whether it takes <paramref name="count"/> arguments.</summary>
    public bool AcceptsCount(int count) => Arity >= 0 ? count == Arity : count >= -Arity;
}
