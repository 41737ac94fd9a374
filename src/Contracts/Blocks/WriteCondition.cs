namespace KvOrleans.Contracts.Blocks;

/// <summary>What must be true of a block for a write or a delete of it to be accepted: optimistic concurrency.</summary>
[GenerateSerializer, Immutable, Alias("KvOrleans.WriteCondition")]
public readonly record struct WriteCondition
{
    private WriteCondition(WriteConditionKind kind, BlockVersion version = default)
    {
        Kind = kind;
        Version = version;
    }

    /// <summary>Whatever is there. Redis <c>SET</c> and <c>DEL</c>.</summary>
    public static WriteCondition Any => default;

    /// <summary>Nothing is there. Redis <c>SET … NX</c>.</summary>
    public static WriteCondition Absent => new(WriteConditionKind.Absent);

    /// <summary>Something is there. Redis <c>SET … XX</c>.</summary>
    public static WriteCondition Present => new(WriteConditionKind.Present);

    /// <summary>The kind of condition.</summary>
    [Id(0)]
    public WriteConditionKind Kind { get; private init; }

    /// <summary>The version that must be there, with <see cref="WriteConditionKind.Exactly"/>; else <c>default</c>.</summary>
    [Id(1)]
    public BlockVersion Version { get; private init; }

    /// <summary>Exactly <paramref name="version"/> is there.</summary>
    /// <exception cref="ArgumentException"><paramref name="version"/> names no content.</exception>
    public static WriteCondition Exactly(BlockVersion version)
    {
        if (version.IsNone)
            throw new ArgumentException("The version names no content; use Absent to ask that nothing is there.", nameof(version));
        return new(WriteConditionKind.Exactly, version);
    }

    /// <summary>Whether the condition holds when <paramref name="current"/> is there; null when nothing is.</summary>
    public bool Holds(BlockVersion? current) => Kind switch
    {
        WriteConditionKind.Any => true,
        WriteConditionKind.Absent => current is null,
        WriteConditionKind.Present => current is not null,
        WriteConditionKind.Exactly => current == Version,
        _ => false,
    };
}
