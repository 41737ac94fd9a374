using KvOrleans.Cli.Sizes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KvOrleans.Cli.Rendering;

/// <summary>Progress as one table that is redrawn in place: for a terminal.</summary>
internal sealed class LiveReplayDisplay(IAnsiConsole console, TimeProvider time) : IReplayDisplay
{
    private const int BarWidth = 30;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<string> _said = [];
    private bool _isLive;

    /// <inheritdoc/>
    public void Say(string line)
    {
        lock (_gate)
        {
            if (_isLive)
                _said.Add(line);
            else
                console.WriteLine(line);
        }
    }

    /// <inheritdoc/>
    public async Task FollowAsync(Func<Task<ReplayProgress>> sample, Task replay)
    {
        lock (_gate)
            _isLive = true;
        try
        {
            await DrawAsync(sample, replay);
        }
        finally
        {
            lock (_gate)
            {
                // What was drawn is cleared.
                _isLive = false;
                _said.ForEach(line => console.WriteLine(line));
                _said.Clear();
            }
        }
    }

    private Task DrawAsync(Func<Task<ReplayProgress>> sample, Task replay) =>
        console.Live(Draw(ReplayProgress.Begin, ReplayProgress.Begin)).AutoClear(true).StartAsync(async live =>
        {
            var before = ReplayProgress.Begin;
            using var ended = new CancellationTokenSource();
            while (await Task.WhenAny(replay, Task.Delay(Interval, time, ended.Token)) != replay)
            {
                var now = await sample();
                live.UpdateTarget(Draw(now, before));
                before = now;
            }

            await ended.CancelAsync();
        });

    private Table Draw(ReplayProgress now, ReplayProgress before)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("elapsed", Numbers.Seconds(now.Elapsed));
        table.AddRow(Text("requests"), Requests(now));
        table.AddRow("requests/s", Numbers.Rate(now.RateSince(before, p => p.Requests)));
        table.AddRow("hit ratio", $"[bold green]{Numbers.Ratio(now.HitRatio)}[/]  ({Numbers.Count(now.BlockHits)} of {Numbers.Count(now.BlockReferences)} blocks)");
        table.AddRow("prefill tokens saved", $"[bold]{Numbers.Count(now.PrefillTokensSaved)}[/]");
        table.AddRow("in", $"{Numbers.Rate(now.RateSince(before, p => p.BytesRead) / 1e9)} GB/s");
        table.AddRow("out", $"{Numbers.Rate(now.RateSince(before, p => p.BytesWritten) / 1e9)} GB/s");
        table.AddRow("silo memory", Held(now));
        if (now.FailedCalls + now.WrongBytes > 0)
            table.AddRow("[red]trouble[/]", $"[red]{Numbers.Count(now.FailedCalls)} failed calls, {Numbers.Count(now.WrongBytes)} wrong bytes[/]");
        lock (_gate)
        {
            foreach (var line in _said)
                table.AddRow(Text("event"), Text(line));
        }

        return table;
    }

    private static IRenderable Requests(ReplayProgress now)
    {
        if (now.RequestCount is not { } count)
            return Text(Numbers.Count(now.Requests));
        var filled = (int)(BarWidth * Math.Min(1, now.Requests / (double)Math.Max(1, count)));
        return new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {Numbers.Count(now.Requests)} of {Numbers.Count(count)}");
    }

    private static string Held(ReplayProgress now) =>
        now.Silos is { } silos ? $"{ByteSize.Format(silos.HeldBytes)} of {ByteSize.Format(silos.ArenaBytes)}, {Numbers.Count(silos.Blocks)} blocks" : "–";

    private static Text Text(string text) => new(text);
}
