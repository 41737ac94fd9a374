namespace KvOrleans.LoadGenerator.Commands;

/// <summary>What this program ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
}
