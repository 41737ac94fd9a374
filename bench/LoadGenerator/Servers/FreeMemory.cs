namespace KvOrleans.LoadGenerator.Servers;

/// <summary>What the machine can still give, from <c>/proc/meminfo</c>.</summary>
internal static class FreeMemory
{
    /// <summary><c>MemAvailable</c> in bytes.</summary>
    public static long Bytes()
    {
        const string Field = "MemAvailable:";
        var line = File.ReadLines("/proc/meminfo").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Field.Length).Trim().ToString().Split(' ')[0]) << 10;
    }
}
