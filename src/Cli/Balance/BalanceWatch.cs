using KvOrleans.Client;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Balance;

/// <summary>Asks the silos at the end of each window what they have sent, and in between, about once a second, what extra copies they have.</summary>
internal sealed class BalanceWatch(IPrefixCache watcher, BalanceWindows windows, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly BalanceMeter _meter = new(windows);

    /// <summary>What came of the windows. To be asked for when watching is over.</summary>
    public BalanceReport Balance => _meter.Balance;

    /// <summary>What came of extra copies. To be asked for when watching is over.</summary>
    public ExtraCopiesReport? ExtraCopies => _meter.ExtraCopies;

    /// <summary>Watches from now on, until <paramref name="ended"/>. A window that is not over by then does not count.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        var began = time.GetTimestamp();
        var looks = Math.Max(1, (int)(windows.Length / LookEvery));
        try
        {
            for (var at = windows.WarmUp; ; at += windows.Length)
            {
                await LookUntilAsync(at, began, ended);
                _meter.EndWindow(time.GetElapsedTime(began), await AskAsync(ended));
                for (var look = 1; look < looks; look++)
                    await LookUntilAsync(at + (windows.Length * look / looks), began, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The last word: what was made since the last look.
            _meter.Look(await AskAsync(CancellationToken.None));
        }
    }

    private async Task LookUntilAsync(TimeSpan due, long began, CancellationToken ended)
    {
        while (due - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LookEvery ? left : LookEvery, time, ended);
            _meter.Look(await AskAsync(ended));
        }
    }

    private async Task<IReadOnlyList<SiloReport>> AskAsync(CancellationToken ended)
    {
        try
        {
            return await watcher.GetStatusAsync(Deadline, ended);
        }
        catch (CacheException)
        {
            return [];
        }
    }
}
