using System.Globalization;

namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>The machine's processor time since it started, in clock ticks of all processors, from <c>/proc/stat</c>.</summary>
internal readonly record struct CpuTimes(long Total, long Idle, long Stolen)
{
    private const int IdleField = 3;
    private const int IoWaitField = 4;
    private const int StealField = 7;

    public static CpuTimes Now()
    {
        using var reader = new StreamReader("/proc/stat");
        var fields = (reader.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(StealField + 1) // guest time is part of user time
            .Select(static field => long.Parse(field, CultureInfo.InvariantCulture))
            .ToArray();
        return fields.Length > StealField
            ? new(fields.Sum(), fields[IdleField] + fields[IoWaitField], fields[StealField])
            : default;
    }

    /// <summary>The share, 0 to 1, of the time since <paramref name="earlier"/> that the hypervisor gave to others.</summary>
    public double StealSince(CpuTimes earlier) =>
        Total > earlier.Total ? (double)(Stolen - earlier.Stolen) / (Total - earlier.Total) : 0;

    /// <summary>The share, 0 to 1, of the time since <paramref name="earlier"/> that the processors were idle.</summary>
    public double IdleSince(CpuTimes earlier) =>
        Total > earlier.Total ? (double)(Idle - earlier.Idle) / (Total - earlier.Total) : 0;
}
