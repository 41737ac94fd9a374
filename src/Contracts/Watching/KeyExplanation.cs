using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Watching;

/// <summary>What one silo knows of a key: the answer of <c>KV.EXPLAIN</c>, whose words it uses.</summary>
[GenerateSerializer, Immutable, Alias("KvOrleans.KeyExplanation")]
public sealed record KeyExplanation
{
    /// <summary>The owner's name in that silo's map; may be empty.</summary>
    [Id(0)]
    public required string Owner { get; init; }

    /// <summary>For how long back the silo knows what left it.</summary>
    [Id(1)]
    public required long RemembersSeconds { get; init; }

    /// <summary>What is there of it; null: nothing, and what tells of a block says nothing.</summary>
    [Id(2)]
    public BlockInfo? Block { get; init; }

    /// <summary>Where the bytes are.</summary>
    [Id(3)]
    public string Tier { get; init; } = "";

    /// <summary>Whether it is overwritable.</summary>
    [Id(4)]
    public bool IsRegister { get; init; }

    /// <summary>What the silo is to it: <c>last-copy</c>, <c>copy</c> or <c>extra</c>.</summary>
    [Id(5)]
    public string Role { get; init; } = "";

    /// <summary>How often it was read or matched there; 255: as often or more.</summary>
    [Id(6)]
    public int Uses { get; init; }

    /// <summary>What is read of it there.</summary>
    [Id(7)]
    public long BytesPerSecond { get; init; }

    /// <summary>How many other silos are known to hold it.</summary>
    [Id(8)]
    public int Holders { get; init; }

    /// <summary>False while the silo holds it back.</summary>
    [Id(9)]
    public bool IsServed { get; init; }

    /// <summary>Why it is not there; null when it is.</summary>
    [Id(10)]
    public string? Why { get; init; }

    /// <summary>Since when, in seconds; null when that is not known.</summary>
    [Id(11)]
    public long? SecondsAgo { get; init; }

    /// <summary>The role that it had; null when that is not known.</summary>
    [Id(12)]
    public string? Was { get; init; }

    /// <summary>The XXH3 (128 bits, seed 0) of its parent's key in 32 hex digits; null: it names none.</summary>
    [Id(13)]
    public string? Parent { get; init; }

    /// <summary>Whether the parent is gone from the cluster.</summary>
    [Id(14)]
    public bool IsOrphan { get; init; }

    /// <summary>The fingerprint under which a block with the same hash is there; <c>?</c>: not looked for to the end; null: there is none.</summary>
    [Id(15)]
    public string? OtherFingerprint { get; init; }

    /// <summary>The last silo that owned the key when it went from the map; null: none is known.</summary>
    [Id(16)]
    public string? FormerOwner { get; init; }

    /// <summary>How many seconds ago that was.</summary>
    [Id(17)]
    public long FormerOwnerSecondsAgo { get; init; }
}
