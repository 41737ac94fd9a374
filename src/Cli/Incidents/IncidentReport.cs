namespace KvOrleans.Cli.Incidents;

/// <summary>What came of an incident. Its properties, in camelCase, are part of what <c>--json</c> prints: names stay.</summary>
internal sealed record IncidentReport
{
    /// <summary><c>kill</c> or <c>restart</c>.</summary>
    public required string What { get; init; }

    public required string Silo { get; init; }

    /// <summary>When it began, since the replay began.</summary>
    public required double AtSeconds { get; init; }

    /// <summary>From then until every silo that is left had the new map; null when that was not seen.</summary>
    public double? MapSeconds { get; init; }

    /// <summary>From then until all copies were whole and all handoffs done; null when that was not seen.</summary>
    public double? WholeSeconds { get; init; }

    /// <summary>What the silos copied meanwhile.</summary>
    public long? CopiedBytes { get; init; }
}
