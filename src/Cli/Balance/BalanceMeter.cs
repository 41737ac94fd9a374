using KvOrleans.Client.Status;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Balance;

/// <summary>Makes of the silos' own counters how evenly they served, window by window, and how much of their memory extra copies took. Not thread-safe.</summary>
/// <remarks>
/// The bytes are those that each silo says it has sent to readers (<c>sent_bytes</c>): a silo that fetches a block for its client counts, and so does the one it fetches from, since both have done the work;
/// a copy that is pulled to be held does not. A window is left out when a silo did not answer at one of its ends, or the silos were others.
/// </remarks>
internal sealed class BalanceMeter(BalanceWindows windows)
{
    private readonly List<BalanceWindow> _windows = [];
    private readonly Dictionary<(string Name, SiloLife Life), long> _made = [];
    private Dictionary<(string Name, SiloLife Life), long>? _began;
    private bool _hasBegun;
    private int _idle;
    private int _broken;
    private bool _countsExtras;
    private long _mostBytes;
    private double _mostShare;
    private long _mostCopies;
    private long _mostHot;

    /// <summary>What came of the windows.</summary>
    public BalanceReport Balance => new()
    {
        IsTraceTime = windows.IsTraceTime,
        WindowSeconds = windows.Length.TotalSeconds,
        WarmUpSeconds = windows.WarmUp.TotalSeconds,
        MaxToMeanP50 = BalanceReport.Percentile(_windows.Select(window => window.MaxToMean), .5),
        MaxToMeanP99 = BalanceReport.Percentile(_windows.Select(window => window.MaxToMean), .99),
        MaxToMeanWorst = BalanceReport.Percentile(_windows.Select(window => window.MaxToMean), 1),
        IdleWindows = _idle,
        BrokenWindows = _broken,
        Windows = [.. _windows],
    };

    /// <summary>What came of extra copies; null when no silo counts them.</summary>
    public ExtraCopiesReport? ExtraCopies => _countsExtras ? new(_made.Values.Sum(), _mostBytes, _mostShare, _mostCopies, _mostHot) : null;

    /// <summary>Takes what the silos say at any time.</summary>
    public void Look(IReadOnlyList<SiloReport> reports)
    {
        var counting = reports.Where(report => report.Number("extra_bytes") is not null).ToList();
        _countsExtras |= counting.Count > 0;
        foreach (var report in counting)
            _made[(report.Silo.Name, report.Silo.Life)] = report.Number("hot_copies_made") ?? 0;
        _mostBytes = Math.Max(_mostBytes, Sum("extra_bytes"));
        _mostCopies = Math.Max(_mostCopies, Sum("extra_blocks"));
        _mostHot = Math.Max(_mostHot, Sum("hot_blocks"));
        _mostShare = Math.Max(_mostShare, Sum("extra_bytes") / (double)Math.Max(1, Sum("arena_bytes")));

        long Sum(string name) => counting.Sum(report => report.Number(name) ?? 0);
    }

    /// <summary>Takes what the silos say where one window ends and the next begins; the first time, only begins.</summary>
    public void EndWindow(TimeSpan at, IReadOnlyList<SiloReport> reports)
    {
        var now = reports.Count > 0 && reports.All(report => report.Number("sent_bytes") is not null)
            ? reports.ToDictionary(report => (report.Silo.Name, report.Silo.Life), report => report.Number("sent_bytes")!.Value)
            : null;
        if (_hasBegun && (now is null || _began is null || !now.Keys.ToHashSet().SetEquals(_began.Keys)))
            _broken++;
        else if (_hasBegun && BalanceWindow.Of(at, now!.ToDictionary(one => one.Key.Name, one => one.Value - _began![one.Key])) is { } window)
            _windows.Add(window);
        else if (_hasBegun)
            _idle++;
        _hasBegun = true;
        _began = now;
    }
}
