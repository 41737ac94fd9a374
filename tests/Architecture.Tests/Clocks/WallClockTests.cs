using System.Text.RegularExpressions;
using KvOrleans.Architecture.Tests.Code;

namespace KvOrleans.Architecture.Tests.Clocks;

/// <summary>A wall clock jumps: it is set by hand, by NTP, by a hypervisor. What lasts, expires or is late is measured by clocks that only go forward.</summary>
public partial class WallClockTests
{
    /// <summary>The files that may ask for the time of day, and why.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["src/Silo/Membership/RedisTable.cs"] = "a table that is begun again gets a later name than the lost one, and nothing else outlives both",
        ["src/Storage/Volumes/Volume.cs"] = "a volume says since when it is whose: for people, and nothing is measured by it",
        ["src/Silo/DataPlane/Commands/Strings/SetOptions.cs"] = "SET refuses the times to live that Redis refuses, and Redis adds them to the time of day; nothing is kept of it",
    };

    [Fact]
    public void Product_AsksForTheTimeOfDay_OnlyWhereSomethingOutlivesTheProcess() => Rule.Holds(
        "No interval of the product depends on the wall clock.",
        from file in Repository.Sources
        where file.Project.Area == "src" && !Allowed.ContainsKey(file.Path)
        from match in TimeOfDay().Matches(file.Text)
        select $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}");

    [Fact]
    public void Exceptions_AreStillNeeded() => Rule.Holds(
        "A file that may ask for the time of day does.",
        Allowed.Keys.Where(path => !Repository.Sources.Any(file => file.Path == path && TimeOfDay().IsMatch(file.Text))));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bGet(Utc|Local)Now\(|\.StartTime\b|\bFile\w*\.Get\w*Time(Utc)?\(|\bCLOCK_REALTIME\b|\bgettimeofday\b")]
    private static partial Regex TimeOfDay();
}
