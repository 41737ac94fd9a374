namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>What clients use: a few of each kind of keys, so that they meet.</summary>
internal static class WorkloadKeys
{
    private const int RegisterCount = 12;
    private const int BlockCount = 6;
    private const string RegisterPrefix = "reg:";

    public static string[] Registers { get; } = [.. Enumerable.Range(0, RegisterCount).Select(number => $"{RegisterPrefix}{number}")];

    /// <summary>Keys of write-once blocks.</summary>
    public static string[] Blocks { get; } = [.. Enumerable.Range(0, BlockCount).Select(number => $"kv:{number}")];

    public static bool IsRegister(string key) => key.StartsWith(RegisterPrefix, StringComparison.Ordinal);
}
