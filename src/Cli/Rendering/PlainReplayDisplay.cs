using KvOrleans.Cli.Sizes;

namespace KvOrleans.Cli.Rendering;

/// <summary>Progress as plain lines, one each <paramref name="interval"/>: for logs and pipes.</summary>
internal sealed class PlainReplayDisplay(TextWriter writer, TimeSpan interval, TimeProvider time) : IReplayDisplay
{
    /// <inheritdoc/>
    public void Say(string line) => writer.WriteLine(line);

    /// <inheritdoc/>
    public async Task FollowAsync(Func<Task<ReplayProgress>> sample, Task replay)
    {
        var before = ReplayProgress.Begin;
        using var ended = new CancellationTokenSource();
        while (await Task.WhenAny(replay, Task.Delay(interval, time, ended.Token)) != replay)
        {
            var now = await sample();
            writer.WriteLine(Line(now, before));
            before = now;
        }

        await ended.CancelAsync();
    }

    private static string Line(ReplayProgress now, ReplayProgress before)
    {
        var of = now.RequestCount is { } count ? $"/{Numbers.Count(count)}" : "";
        var held = now.Silos is { } silos ? $", silo memory {ByteSize.Format(silos.HeldBytes)} of {ByteSize.Format(silos.ArenaBytes)}" : "";
        var trouble = now.FailedCalls + now.WrongBytes > 0 ? $", FAILED CALLS {Numbers.Count(now.FailedCalls)}, WRONG BYTES {Numbers.Count(now.WrongBytes)}" : "";
        return $"{Numbers.Seconds(now.Elapsed),7}  {Numbers.Count(now.Requests)}{of} requests, {Numbers.Rate(now.RateSince(before, p => p.Requests))}/s, "
            + $"hit ratio {Numbers.Ratio(now.HitRatio)}, {Numbers.Rate(now.RateSince(before, p => p.BytesRead) / 1e9)} GB/s in, "
            + $"{Numbers.Rate(now.RateSince(before, p => p.BytesWritten) / 1e9)} GB/s out, {Numbers.Count(now.PrefillTokensSaved)} tokens saved{held}{trouble}";
    }
}
