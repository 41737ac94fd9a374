using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>The connections of one cell, each driven from a thread of its own.</summary>
internal sealed class TargetSession(IReadOnlyList<Worker> workers) : ISession
{
    private static readonly TimeSpan Overrun = TimeSpan.FromSeconds(30);

    public async Task<SliceResult> RunAsync(TimeSpan length, CancellationToken cancellation)
    {
        using var gate = new Barrier(workers.Count);
        var results = await Task.WhenAll(workers.Select(Start)).WaitAsync(length + Overrun, cancellation);

        var latencies = new LatencyHistogram();
        foreach (var result in results)
            latencies.Add(result.Latencies!);
        return new(results.Sum(static result => result.BytesPerSecond), latencies.Count, latencies);

        Task<SliceResult> Start(Worker worker) => Task.Factory.StartNew(
            () =>
            {
                gate.SignalAndWait(cancellation);
                return worker.RunAsync(length, cancellation);
            },
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
            await worker.DisposeAsync();
    }
}
