using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvOrleans.Grains.Metrics;
using KvOrleans.Silo.DataPlane.Commands;

namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>Which commands ran, how long they took, and which errors were answered. Thread-safe.</summary>
/// <remarks>
/// All are counted. Of the quick ones only some are timed: to look at the clock twice and to record the time costs a tenth of a small <c>GET</c>. How many is odd and prime, so that pipelines of
/// even lengths are not always timed at the same place.
/// </remarks>
internal sealed class CommandMetrics
{
    /// <summary>Of how many quick commands of a connection one is timed.</summary>
    public const int TimedOneIn = 31;

    private const string Unknown = "unknown";
    private const string OtherError = "other";

    /// <summary>The first words of errors: what follows them may have been sent by anybody.</summary>
    private static readonly string[] ErrorWords =
        ["ERR", "BUSY", "CHECKSUM", "NOAUTH", "NOPROTO", "NOREPLICAS", "NOTOWNER", "OOM", "TRYAGAIN", "UNKNOWN", "WRONGPASS", OtherError];

    private readonly Tally[] _ran;
    private readonly Tally[] _errors;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Histogram<double> _durations;

    public CommandMetrics(CommandTable table, IMeterFactory meters)
    {
        string[] names = [Unknown, .. table.All.Select(command => command.Name)];
        _tags = [.. names.Select(name => new KeyValuePair<string, object?>("command", name))];
        var meter = meters.Create(DataPlaneCounters.MeterName);
        _ran = meter.CreateTallies("kvorleans.dataplane.commands", "command", names, "{command}", "Commands, with those that were refused.");
        _errors = meter.CreateTallies("kvorleans.dataplane.errors", "error", ErrorWords, "{reply}", "Error replies, by their first word.");
        _durations = meter.CreateTimes(
            "kvorleans.dataplane.command.duration",
            $"From when a command had arrived to when its reply was written; of GET, KV.GET, EXISTS and PING one in {TimedOneIn} is timed.");
    }

    /// <summary>Commands so far.</summary>
    public long Commands => _ran.Sum(static tally => tally.Value);

    /// <summary>A command runs; null: one that is not known.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Kept by the connection; <see cref="Tell"/> tells of it.</param>
    /// <returns>When it began, for <see cref="Ended"/>; 0: it is not timed.</returns>
    public long Began(DataPlaneCommand? command, ref CommandRun run)
    {
        if (command != run.Command)
        {
            Tell(ref run);
            run.Command = command;
        }

        run.Count++;
        if (command is null || !_durations.Enabled || (command.IsQuick && ++run.Untimed < TimedOneIn))
            return 0;
        if (command.IsQuick)
            run.Untimed = 0;
        return Stopwatch.GetTimestamp();
    }

    /// <summary>Counts what a connection ran.</summary>
    public void Tell(ref CommandRun run)
    {
        if (run.Count == 0)
            return;
        _ran[run.Command?.Number ?? 0].Add(run.Count);
        run.Count = 0;
    }

    /// <summary>The reply to a timed command is written.</summary>
    public void Ended(DataPlaneCommand command, long began) =>
        _durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, _tags[command.Number]);

    /// <summary>An error is answered.</summary>
    public void Refused(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)' ');
        var word = end < 0 ? error : error[..end];
        var at = 0;
        while (at < ErrorWords.Length - 1 && !System.Text.Ascii.Equals(word, ErrorWords[at]))
            at++;
        _errors[at].Add();
    }
}
