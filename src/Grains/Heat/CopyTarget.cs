namespace KvOrleans.Grains.Heat;

/// <summary>How many copies a block should have: more at once when it is hot, fewer only when it was less hot for a while. Not thread-safe.</summary>
internal sealed class CopyTarget
{
    private TimeSpan _since;
    private TimeSpan _fadedAt = -HeatRules.Relapse;
    private int _most;
    private bool _hasFaded;

    /// <summary>The number, the owner's among them.</summary>
    public int Copies { get; private set; } = 1;

    /// <summary>How long less has to be wanted before copies are let go.</summary>
    public TimeSpan Hold { get; private set; } = HeatRules.ShortestHold;

    /// <summary>When copies were let go last; long ago when never.</summary>
    public TimeSpan FadedAt => _fadedAt;

    /// <summary>Follows what is wanted now.</summary>
    /// <param name="wanted">How many copies.</param>
    /// <param name="isPressing">Whether it may become more.</param>
    /// <param name="now">The time.</param>
    public void Follow(int wanted, bool isPressing, TimeSpan now)
    {
        if (wanted > Copies && isPressing)
            Raise(wanted, now);
        if (wanted >= Copies)
        {
            (_since, _most) = (now, 1);
            return;
        }

        _most = Math.Max(_most, wanted);
        if (now - _since < Hold)
            return;
        (Copies, _since, _most) = (_most, now, 1);
        (_fadedAt, _hasFaded) = (now, true);
    }

    private void Raise(int wanted, TimeSpan now)
    {
        if (now - _fadedAt >= HeatRules.Relapse)
            Hold = HeatRules.ShortestHold;
        else if (_hasFaded)
            Hold = Hold * 2 < HeatRules.LongestHold ? Hold * 2 : HeatRules.LongestHold;
        _hasFaded = false;
        Copies = wanted;
    }
}
