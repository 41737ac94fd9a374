namespace KvOrleans.Silo.Health;

/// <summary>Where the silo's health is asked for.</summary>
internal static class ProbePaths
{
    /// <summary>Whether the process works, or is to be ended and started again.</summary>
    public const string Live = "/healthz";

    /// <summary>Whether clients should be sent here.</summary>
    public const string Ready = "/readyz";

    /// <summary>Whether the process was ready once.</summary>
    public const string Started = "/startupz";
}
