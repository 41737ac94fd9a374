namespace KvOrleans.Storage.Copies;

/// <summary>What a silo is to a block that it holds.</summary>
public enum BlockRole : byte
{
    /// <summary>Its owner, or the last that is known to hold it: losing it here may lose it.</summary>
    Last,

    /// <summary>One who holds it beside its owner: losing it here costs a copy.</summary>
    Copy,

    /// <summary>One who holds it because it is hot: the first to go when it is not read any more.</summary>
    Extra,
}
