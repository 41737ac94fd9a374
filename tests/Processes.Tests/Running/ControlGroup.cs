using System.Globalization;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>A control group of the kernel with a limit on memory, of either version.</summary>
internal sealed class ControlGroup : IDisposable
{
    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>A process that writes its id there is in it.</summary>
    public string Members => Path.Combine(_folder, "cgroup.procs");

    /// <summary>Makes one below the root; null where that may not be done.</summary>
    public static ControlGroup? TryMake(long limit)
    {
        const string Root = "/sys/fs/cgroup";
        var isFirst = Directory.Exists($"{Root}/memory");
        var folder = $"{Root}/{(isFirst ? "memory/" : "")}kvorleans-test-{Environment.ProcessId}";
        var file = Path.Combine(folder, isFirst ? "memory.limit_in_bytes" : "memory.max");
        try
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(file))
            {
                Directory.Delete(folder);
                return null;
            }

            File.WriteAllText(file, limit.ToString(CultureInfo.InvariantCulture));
            return new(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes it; nobody is in it any more.</summary>
    public void Dispose() => Directory.Delete(_folder);
}
