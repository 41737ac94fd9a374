using System.Collections.Concurrent;
using System.Diagnostics;
using KvOrleans.Client;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Processes.Tests.Faults;

/// <summary>Makes every call that the thin client has, side by side and again and again, and notes how long each took. Owns the client.</summary>
internal sealed class EveryCall : IAsyncDisposable
{
    private const int Length = 1000;

    // What a busy machine adds: the deadline passes, and it takes a while until somebody who waits is run.
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(1500);

    private readonly PrefixCacheClient _client;
    private readonly BlockKey[] _chain = [.. Enumerable.Range(0, 24).Select(i => BlockKey.From($"kv:every/{i}"))];
    private readonly ConcurrentDictionary<string, TimeSpan> _worst = [];
    private readonly ConcurrentDictionary<string, int> _calls = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loops;

    public EveryCall(PrefixCacheClient client)
    {
        _client = client;
        var (one, many) = (new byte[Length], _chain.Select(_ => new Memory<byte>(new byte[Length])).ToArray());
        _loops = Task.WhenAll(
            LoopAsync("write", async i => await _client.WriteAsync(Key(i), new byte[Length], new() { Concern = WriteConcern.Replicated }, Deadline)),
            LoopAsync("write a register", async i => await _client.WriteAsync(BlockKey.From($"every/{i % 24}"), one, new() { Condition = WriteCondition.Any }, Deadline)),
            LoopAsync("read", async i => await _client.ReadAsync(Key(i), new byte[Length], Deadline)),
            LoopAsync("match", async _ => await _client.MatchAsync(_chain, Deadline, Deadline)),
            LoopAsync("inspect", async i => await _client.InspectAsync(Key(i), Deadline)),
            LoopAsync("invalidate", async i => await _client.InvalidateAsync(Key(i), default, Deadline)),
            LoopAsync("map", async _ => await _client.GetMapAsync(Deadline)),
            LoopAsync("status", async _ => await _client.GetStatusAsync(Deadline)),
            ReadMatchesAsync(many));
    }

    /// <summary>Ends it; none took much longer than its deadline, and each was made.</summary>
    /// <returns>How often each was made, and the longest that it took.</returns>
    public async Task<string> AllEndedInTimeAsync()
    {
        await _end.CancelAsync();
        await _loops.WaitAsync(Bound * 2);
        Assert.Equal(10, _calls.Count);
        Assert.All(_worst, call => Assert.True(call.Value <= Bound, $"{call.Key} took {call.Value}"));
        return string.Join(", ", _worst.OrderBy(call => call.Key, StringComparer.Ordinal).Select(call => $"{call.Key} {_calls[call.Key]} times, {call.Value.TotalMilliseconds:0} ms at most"));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _client.DisposeAsync();
        _end.Dispose();
    }

    private BlockKey Key(int i) => _chain[i % _chain.Length];

    private async Task ReadMatchesAsync(Memory<byte>[] buffers)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!_end.IsCancellationRequested)
        {
            var match = await _client.MatchAsync(_chain, TimeSpan.FromSeconds(5), Deadline);
            await TimeAsync("read a match", async () => await _client.ReadAsync(match, buffers.AsMemory(0, match.Blocks.Count), Deadline));
            await TimeAsync("release", async () => await _client.ReleaseAsync(match, Deadline));
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task LoopAsync(string name, Func<int, Task> call)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            await TimeAsync(name, () => call(i));
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task TimeAsync(string name, Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await call();
        }
        catch (CacheException)
        {
            // The control calls say so when they could not be answered.
        }

        var took = Stopwatch.GetElapsedTime(began);
        _calls.AddOrUpdate(name, 1, (_, calls) => calls + 1);
        _worst.AddOrUpdate(name, took, (_, worst) => took > worst ? took : worst);
    }
}
