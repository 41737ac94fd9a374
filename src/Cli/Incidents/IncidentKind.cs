namespace KvOrleans.Cli.Incidents;

/// <summary>What is done to the silos while they serve.</summary>
internal enum IncidentKind
{
    /// <summary>One silo is killed, without a word, and does not come back.</summary>
    Kill,

    /// <summary>Every silo in turn is told to stop and started again under its name.</summary>
    Roll,
}
