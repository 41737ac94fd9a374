using System.Globalization;

namespace KvOrleans.Silo.Configuration;

/// <summary>The memory that this process may take: the least that its control group, or one above it, allows; without one, the machine's.</summary>
/// <remarks>
/// Read from the kernel: the runtime's own figure is the limit of the managed heap, in a container three quarters of the container's unless something else was set, and says nothing of native memory.
/// </remarks>
internal static class MemoryLimit
{
    private const string MemoryController = "memory";

    /// <summary>The limit when the process began.</summary>
    public static long Bytes { get; } = Read("/proc", "/sys/fs/cgroup") ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The limit as these folders tell it; null when they tell none.</summary>
    /// <param name="processes">Where the kernel tells of processes.</param>
    /// <param name="groups">Where control groups are mounted, of either version.</param>
    internal static long? Read(string processes, string groups)
    {
        try
        {
            return Groups(Path.Combine(processes, "self", "cgroup"), groups).Append(Machine(Path.Combine(processes, "meminfo"))).Min();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? Machine(string path)
    {
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)) : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..] && TryRead(kibibytes) is { } count ? count << 10 : null;
    }

    /// <summary>What the process's groups say, and those above them. A path that is not there is one that the container does not see: its own group is mounted at the root.</summary>
    private static IEnumerable<long?> Groups(string path, string groups)
    {
        if (!File.Exists(path))
            yield break;
        foreach (var line in File.ReadLines(path))
        {
            if (line.Split(':', 3) is not [_, var controllers, var group])
                continue;
            var (root, file) = controllers.Length == 0 ? (groups, "memory.max") : (Path.Combine(groups, MemoryController), "memory.limit_in_bytes");
            if (controllers.Length > 0 && !controllers.Split(',').Contains(MemoryController))
                continue;
            for (var at = group.TrimEnd('/'); ; at = at[..at.LastIndexOf('/')])
            {
                var limit = Path.Combine(root, at.TrimStart('/'), file);
                if (File.Exists(limit))
                    yield return TryRead(File.ReadAllText(limit).Trim());
                if (at.LastIndexOf('/') < 0)
                    break;
            }
        }
    }

    /// <summary>Null for <c>max</c>.</summary>
    private static long? TryRead(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
}
