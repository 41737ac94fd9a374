using KvOrleans.LoadGenerator.Contenders;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>
/// One run: every cell is measured in rounds, and in each round every contender gets one slice. What the machine does to
/// one, it does to all. The order rotates from round to round.
/// </summary>
internal sealed class Comparison(ComparisonPlan plan, IReadOnlyList<IContender> contenders, Action<string> progress)
{
    private readonly List<Series> _series = [];

    /// <summary>Runs the plan.</summary>
    /// <returns>One series per cell and contender, failed ones with the reason. Cancelling throws.</returns>
    public async Task<IReadOnlyList<Series>> RunAsync(CancellationToken cancellation)
    {
        foreach (var size in plan.Sizes)
            await RunSizeAsync(size, cancellation);
        return _series;
    }

    private async Task RunSizeAsync(int size, CancellationToken cancellation)
    {
        var blocks = new BlockSet(size, plan.CycleBytes);

        // Reads come first: write-once blocks of the fill may be evicted by the writes.
        var cells =
            from operation in plan.Operations.Order()
            from connections in plan.Connections
            select new Cell(operation, size, connections);
        var stages = new Dictionary<string, IStage>();
        var failures = new Dictionary<string, string>();
        try
        {
            foreach (var contender in contenders)
            {
                progress($"{contender.Name}: prepare {blocks.Count} blocks of {ByteSize.Format(size)}");
                await TryAsync(
                    async () => stages[contender.Name] = await contender.PrepareAsync(blocks, cancellation),
                    why => failures[contender.Name] = why,
                    contender.Name);
            }

            foreach (var cell in cells)
                await RunCellAsync(cell, stages, failures, cancellation);
        }
        finally
        {
            foreach (var stage in stages.Values)
                await stage.DisposeAsync();
        }
    }

    private async Task RunCellAsync(
        Cell cell,
        IReadOnlyDictionary<string, IStage> stages,
        IReadOnlyDictionary<string, string> failures,
        CancellationToken cancellation)
    {
        var sessions = new Dictionary<string, ISession>();
        var cellSeries = contenders.ToDictionary(static contender => contender.Name, contender => new Series(contender.Name, cell));
        _series.AddRange(cellSeries.Values);
        foreach (var (name, why) in failures)
            cellSeries[name].Fail(why);
        try
        {
            foreach (var (name, stage) in stages)
            {
                await TryAsync(
                    async () =>
                    {
                        sessions[name] = await stage.OpenAsync(cell, cancellation);
                        await sessions[name].RunAsync(plan.SliceLength, cancellation); // warm-up, not counted
                    },
                    cellSeries[name].Fail,
                    name);
            }

            for (var round = 0; round < plan.Rounds; round++)
            {
                for (var turn = 0; turn < contenders.Count; turn++)
                {
                    var name = contenders[(round + turn) % contenders.Count].Name;
                    if (cellSeries[name].Failure is null)
                        await TryAsync(() => RunSliceAsync(round, sessions[name], cellSeries[name], cancellation), cellSeries[name].Fail, name);
                }
            }

            progress($"{cell}: " + string.Join(", ", cellSeries.Values.Select(Summary)));
        }
        finally
        {
            foreach (var session in sessions.Values)
                await session.DisposeAsync();
        }
    }

    private async Task RunSliceAsync(int round, ISession session, Series series, CancellationToken cancellation)
    {
        var before = CpuTimes.Now();
        var slice = await session.RunAsync(plan.SliceLength, cancellation);
        var after = CpuTimes.Now();
        series.Add(
            new(round, slice.BytesPerSecond, slice.Operations, after.StealSince(before), after.IdleSince(before)),
            slice.Latencies);
    }

    private async Task TryAsync(Func<Task> attempt, Action<string> fail, string name)
    {
        try
        {
            await attempt();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            fail(error.Message);
            progress($"{name}: {error.Message}");
        }
    }

    private static string Summary(Series series) =>
        series.Failure is null ? FormattableString.Invariant($"{series.Contender} {series.BytesPerSecond.Median / 1e9:F2}") : $"{series.Contender} failed";
}
