using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Silo.DataPlane.Commands.Strings;

/// <summary>What follows the value of a <c>SET</c>.</summary>
internal readonly record struct SetOptions(WriteCondition Condition, TimeSpan? TimeToLive, bool KeepTimeToLive)
{
    private const int FirstOption = 3;

    // A thousand years: longer than any cache lives, short enough to add to any clock.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365_000);

    /// <summary>Reads the options of the session's command.</summary>
    /// <returns>An error reply, or null.</returns>
    public static string? TryRead(Session session, DataPlaneCommand command, out SetOptions options)
    {
        options = default;
        var time = 0;
        var unit = 0L;
        for (var i = FirstOption; i < session.ArgumentCount; i++)
        {
            var option = session.Argument(i);
            var asked = Is(option, "EX") ? TimeSpan.TicksPerSecond : Is(option, "PX") ? TimeSpan.TicksPerMillisecond : 0;
            if (asked > 0 && i + 1 < session.ArgumentCount && !options.KeepTimeToLive && (unit == 0 || unit == asked))
                (unit, time) = (asked, ++i);
            else if (Is(option, "KEEPTTL") && unit == 0)
                options = options with { KeepTimeToLive = true };
            else if (Is(option, "NX") && options.Condition.Kind != WriteConditionKind.Present)
                options = options with { Condition = WriteCondition.Absent };
            else if (Is(option, "XX") && options.Condition.Kind != WriteConditionKind.Absent)
                options = options with { Condition = WriteCondition.Present };
            else
                return CommandErrors.Syntax;
        }

        if (unit == 0)
            return null;
        var error = TryReadTime(session, command, time, unit, out var timeToLive);
        options = options with { TimeToLive = timeToLive };
        return error ?? (timeToLive <= TimeSpan.Zero ? CommandErrors.InvalidExpire(command) : null);
    }

    /// <summary>Reads argument <paramref name="index"/> as a number of <paramref name="unit"/> ticks.</summary>
    /// <returns>An error reply, as Redis' where its clock in milliseconds would overflow, or null.</returns>
    public static string? TryReadTime(Session session, DataPlaneCommand command, int index, long unit, out TimeSpan time)
    {
        time = default;
        if (!CanonicalInteger.TryParse(session.Argument(index), out var count))
            return CommandErrors.NotAnInteger;
        var milliseconds = unit / TimeSpan.TicksPerMillisecond;
        if (count < long.MinValue / milliseconds
            || count > (long.MaxValue - session.Services.Time.GetUtcNow().ToUnixTimeMilliseconds()) / milliseconds)
        {
            return CommandErrors.InvalidExpire(command);
        }

        time = TimeSpan.FromTicks(Math.Clamp(count, -Longest.Ticks / unit, Longest.Ticks / unit) * unit);
        return null;
    }

    private static bool Is(ReadOnlySpan<byte> option, string name) => Ascii.EqualsIgnoreCase(option, name);
}
