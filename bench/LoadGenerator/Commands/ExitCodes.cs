namespace KvOrleans.LoadGenerator.Commands;

/// <summary>What this program ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>What is to be measured cannot be measured on this machine; nothing was.</summary>
    public const int CannotMeasure = 3;
}
