namespace KvOrleans.Client.News;

/// <summary>When one of a silo's news is asked for: with each round, and after a reply that was none only when its pause is over, which doubles.</summary>
internal sealed class NewsTurn(ISiloNews news, TimeProvider time)
{
    private long _failedAt;
    private TimeSpan _pause;
    private bool _isReported;

    /// <summary>What is asked for.</summary>
    public ISiloNews News => news;

    /// <summary>Whether to ask with this round.</summary>
    public bool IsDue => news.IsWanted && (_pause == TimeSpan.Zero || time.GetElapsedTime(_failedAt) >= _pause);

    /// <summary>A reply was what was asked for.</summary>
    public void Succeeded() => (_pause, _isReported) = (TimeSpan.Zero, false);

    /// <summary>A reply was none.</summary>
    public void Failed(string reason)
    {
        news.Failed(reason, _isReported);
        _isReported = true;
        _failedAt = time.GetTimestamp();
        _pause = _pause == TimeSpan.Zero ? SiloNews.Interval : _pause * 2 < SiloNews.LongestPause ? _pause * 2 : SiloNews.LongestPause;
    }
}
