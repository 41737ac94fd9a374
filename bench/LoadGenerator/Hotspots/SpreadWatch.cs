using System.Collections.Concurrent;
using System.Diagnostics;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>Asks the hot block's owner every 20 ms who holds it, where its link is not in the way, and remembers when there were as many for the first time.</summary>
internal sealed class SpreadWatch(RespDialogue owner, int silos) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<int, double> _reached = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;

    /// <summary>Milliseconds after the start until the owner named so many holders for the first time.</summary>
    public IReadOnlyDictionary<int, double> Reached => _reached;

    /// <summary>Why nothing can be told; null when it can.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Begins: the reading does so now.</summary>
    public void Start() => _watching = WatchAsync(Stopwatch.GetTimestamp(), _ending.Token);

    /// <summary>Waits until all silos hold the block.</summary>
    /// <returns>False when that took longer.</returns>
    public async Task<bool> AllHoldAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (!_reached.ContainsKey(silos))
        {
            if (_watching.IsCompleted || Stopwatch.GetElapsedTime(began) > patience)
                return false;
            await Task.Delay(Interval, cancellation);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
    }

    private async Task WatchAsync(long began, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (!_reached.ContainsKey(silos))
            {
                var holders = HoldersIn(await owner.AskAsync(cancellation, "KV.HOT", "0"));
                var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                for (var count = 2; count <= holders; count++)
                    _reached.TryAdd(count, elapsed);
                await timer.WaitForNextTickAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The measurement is over.
        }
        catch (Exception error) when (error is ServerException or IOException)
        {
            WhyNot = error.Message;
        }
    }

    // number, bytes sent, entries of key, version, length, bytes per second, holders
    private static int HoldersIn(object? answer)
    {
        if (answer is not object?[] { Length: >= 3 } parts || parts[2] is not object?[] entries)
            return 1;
        foreach (var entry in entries)
        {
            if (entry is object?[] { Length: >= 5 } fields && fields[0] is HotspotBlocks.HotName && fields[4] is object?[] holders)
                return holders.Length;
        }

        return 1;
    }
}
