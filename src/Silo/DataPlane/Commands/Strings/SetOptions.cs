using System.Buffers.Text;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;

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
        for (var i = FirstOption; i < session.ArgumentCount; i++)
        {
            var option = session.Argument(i);
            var unit = Is(option, "EX") ? TimeSpan.TicksPerSecond : Is(option, "PX") ? TimeSpan.TicksPerMillisecond : 0;
            if (unit > 0 && i + 1 < session.ArgumentCount && options is { TimeToLive: null, KeepTimeToLive: false })
            {
                if (TryReadTime(session.Argument(++i), unit, out var timeToLive) is { } error)
                    return error;
                if (timeToLive <= TimeSpan.Zero)
                    return CommandErrors.InvalidExpire(command);
                options = options with { TimeToLive = timeToLive };
            }
            else if (Is(option, "KEEPTTL") && options.TimeToLive is null)
                options = options with { KeepTimeToLive = true };
            else if (Is(option, "NX") && options.Condition.Kind != WriteConditionKind.Present)
                options = options with { Condition = WriteCondition.Absent };
            else if (Is(option, "XX") && options.Condition.Kind != WriteConditionKind.Absent)
                options = options with { Condition = WriteCondition.Present };
            else
                return CommandErrors.Syntax;
        }

        return null;
    }

    /// <summary>Reads a number of <paramref name="unit"/> ticks.</summary>
    /// <returns>An error reply, or null.</returns>
    public static string? TryReadTime(ReadOnlySpan<byte> text, long unit, out TimeSpan time)
    {
        time = default;
        if (!Utf8Parser.TryParse(text, out long count, out var used) || used != text.Length)
            return CommandErrors.NotAnInteger;
        time = TimeSpan.FromTicks(Math.Clamp(count, -Longest.Ticks / unit, Longest.Ticks / unit) * unit);
        return null;
    }

    private static bool Is(ReadOnlySpan<byte> option, string name) => Ascii.EqualsIgnoreCase(option, name);
}
