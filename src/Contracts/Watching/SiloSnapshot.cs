using System.Collections.Immutable;
using KvOrleans.Contracts.Heat;

namespace KvOrleans.Contracts.Watching;

/// <summary>A silo at one moment, as it tells of itself to whoever watches the cluster.</summary>
[GenerateSerializer, Immutable, Alias("KvOrleans.SiloSnapshot")]
public sealed record SiloSnapshot
{
    /// <summary>The most blocks that are told of, of either kind.</summary>
    public const int MostHotBlocks = 8;

    /// <summary>Why clients should not be sent there; null when they should.</summary>
    [Id(0)]
    public required string? NotReady { get; init; }

    /// <summary>Whether it gives its blocks away before it stops.</summary>
    [Id(1)]
    public required bool IsDraining { get; init; }

    /// <summary>Whether it cannot read the membership table.</summary>
    [Id(2)]
    public required bool IsCutOff { get; init; }

    /// <summary>The cluster map that it has installed.</summary>
    [Id(3)]
    public required long MapId { get; init; }

    /// <summary>For how long this life of it has gone on.</summary>
    [Id(4)]
    public required long UptimeSeconds { get; init; }

    /// <summary>Where it keeps blocks, and how full that is.</summary>
    [Id(5)]
    public required ImmutableArray<TierFill> Tiers { get; init; }

    /// <summary>Blocks in its index.</summary>
    [Id(6)]
    public required int Blocks { get; init; }

    /// <summary>Of them, copies of other silos' blocks, extra copies aside.</summary>
    [Id(7)]
    public required int Copies { get; init; }

    /// <summary>Of them, extra copies of hot blocks.</summary>
    [Id(8)]
    public required int ExtraCopies { get; init; }

    /// <summary>Leases that have not ended.</summary>
    [Id(9)]
    public required int Leases { get; init; }

    /// <summary>What they hold.</summary>
    [Id(10)]
    public required long LeasedBytes { get; init; }

    /// <summary>Connections to its data plane.</summary>
    [Id(11)]
    public required int Connections { get; init; }

    /// <summary>Blocks evicted since the start.</summary>
    [Id(12)]
    public required long Evictions { get; init; }

    /// <summary>Blocks that wait to be offered to others, or for an answer.</summary>
    [Id(13)]
    public required int RepairPendingBlocks { get; init; }

    /// <summary>Their bytes.</summary>
    [Id(14)]
    public required long RepairPendingBytes { get; init; }

    /// <summary>Bytes of repair, handoff and drain since the start.</summary>
    [Id(15)]
    public required long RepairBytesTotal { get; init; }

    /// <summary>Silos whose handoff to this one is not done.</summary>
    [Id(16)]
    public required int HandoffPending { get; init; }

    /// <summary>Blocks that the drain has offered.</summary>
    [Id(17)]
    public required long DrainOffered { get; init; }

    /// <summary>Of them, those not yet answered.</summary>
    [Id(18)]
    public required long DrainOpen { get; init; }

    /// <summary>Blocks that it owns and that are hot.</summary>
    [Id(19)]
    public required int HotBlocks { get; init; }

    /// <summary>Of these the hottest, with who holds them; their rates are of all silos. <see cref="MostHotBlocks"/> at the most.</summary>
    [Id(20)]
    public required ImmutableArray<HotBlock> Spread { get; init; }

    /// <summary>The blocks that are read most there, spread or not; their rates are of that silo. <see cref="MostHotBlocks"/> at the most.</summary>
    [Id(21)]
    public required ImmutableArray<HotBlock> Read { get; init; }

    /// <summary>How many seconds it has sampled; the last of <see cref="Samples"/> has this number.</summary>
    [Id(22)]
    public required long SampleNumber { get; init; }

    /// <summary>What it did in the seconds that were asked for, one by one.</summary>
    [Id(23)]
    public required ImmutableArray<SiloSample> Samples { get; init; }

    /// <summary>The events that were asked for, the earliest first.</summary>
    [Id(24)]
    public required ImmutableArray<SiloEvent> Events { get; init; }
}
