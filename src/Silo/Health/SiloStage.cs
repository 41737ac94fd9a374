namespace KvOrleans.Silo.Health;

/// <summary>What the process is at.</summary>
internal enum SiloStage
{
    /// <summary>A life is beginning.</summary>
    Starting,

    /// <summary>A life cannot begin yet, for a reason outside of this process.</summary>
    Waiting,

    /// <summary>A life goes on.</summary>
    Living,

    /// <summary>A life is over and makes room for the next.</summary>
    Ending,

    /// <summary>The process was told to stop.</summary>
    Stopping,
}
