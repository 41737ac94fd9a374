namespace KvOrleans.Silo.Health;

/// <summary>Whether the process works: what it is at comes to an end, and what must go on goes on.</summary>
/// <remarks>
/// It looks once a second and counts looks, not time: a process that stood still, or a machine that was busy, has missed looks too, and is not taken for stuck when it goes on. It looks
/// from the thread pool. When that one is stuck it does not look, and nobody answers for the silo: a probe without an answer says the same.
/// What others bring about, such as a Redis that is away, is no reason: being started again would not help.
/// </remarks>
internal sealed class Liveness(SiloCourse course, TimeSpan drainGrace, TimeProvider time)
{
    /// <summary>The time between two looks.</summary>
    internal static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>What must go on may stand still for that many looks.</summary>
    internal const int LongestStandstill = 30;

    /// <summary>A start gives up by itself before.</summary>
    internal const int LongestStart = 180;

    /// <summary>So does the end of a life.</summary>
    internal const int LongestEnd = 60;

    private const int LongestStop = 90;

    private readonly Dictionary<string, (long Turns, int Looks)> _standstills = [];
    private object? _entry;
    private int _looksAtStage;
    private volatile string? _reason;

    /// <summary>What is stuck; null when nothing is.</summary>
    public string? WhyNot() => course.Life?.WhatEnded() ?? _reason;

    /// <summary>Looks until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
                LookOnce();
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    internal void LookOnce() => _reason = LookAtStage() ?? LookAtLife();

    private string? LookAtStage()
    {
        var entry = course.Entry;
        _looksAtStage = ReferenceEquals(entry, _entry) ? _looksAtStage + 1 : 0;
        _entry = entry;
        return course.Stage switch
        {
            SiloStage.Starting when _looksAtStage > LongestStart => "the silo does not come to the end of its start",
            SiloStage.Ending when _looksAtStage > LongestEnd => "a life of the silo is over and does not end",
            SiloStage.Stopping when _looksAtStage > LongestStop + drainGrace.TotalSeconds => "the silo was told to stop and does not",
            _ => null,
        };
    }

    private string? LookAtLife()
    {
        if (course.Life is not { } life)
        {
            _standstills.Clear();
            return null;
        }

        string? stuck = null;
        foreach (var progress in life.Progress())
        {
            var moved = progress.IsIdle || !_standstills.TryGetValue(progress.What, out var last) || last.Turns != progress.Turns;
            var looks = moved ? 0 : _standstills[progress.What].Looks + 1;
            _standstills[progress.What] = (progress.Turns, looks);
            if (looks > LongestStandstill)
                stuck ??= $"{progress.What} stands still";
        }

        return stuck;
    }
}
