namespace KvOrleans.Contracts.Blocks;

/// <summary>The kinds of <see cref="WriteCondition"/>. The numbers are wire values and never change.</summary>
public enum WriteConditionKind
{
    /// <summary>Whatever is there.</summary>
    Any = 0,

    /// <summary>Nothing is there.</summary>
    Absent = 1,

    /// <summary>Something is there.</summary>
    Present = 2,

    /// <summary>Exactly one version is there.</summary>
    Exactly = 3,
}
