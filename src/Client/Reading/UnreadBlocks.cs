using KvOrleans.Client.Connections;
using KvOrleans.Client.Routing;

namespace KvOrleans.Client.Reading;

/// <summary>The blocks of a match that a silo did not give, and which silos were asked for each. Thread-safe while silos are asked.</summary>
internal sealed class UnreadBlocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, SiloLink?[]> _tried = [];
    private readonly SortedSet<int> _unread = [];
    private readonly HashSet<int> _isUnanswered = [];
    private readonly HashSet<int> _again = [];

    /// <summary>The newest map that a silo has spoken of; 0 when none has.</summary>
    public long MovedTo { get; private set; }

    /// <summary>Block <paramref name="index"/> was not had from <paramref name="link"/>.</summary>
    public void Add(int index, SiloLink link, bool isAnswered = true)
    {
        lock (_gate)
        {
            _unread.Add(index);
            if (!isAnswered)
                _isUnanswered.Add(index);
            Try(index, link);
        }
    }

    /// <summary>Block <paramref name="index"/> is to be read; nobody was asked for it.</summary>
    public void Add(int index)
    {
        lock (_gate)
            _unread.Add(index);
    }

    /// <summary>The key has moved, says a silo with map <paramref name="mapId"/>.</summary>
    public void Moved(long mapId)
    {
        lock (_gate)
            MovedTo = Math.Max(MovedTo, Math.Max(mapId, 1));
    }

    /// <summary>Takes out the blocks before <paramref name="end"/>, in order.</summary>
    public int[] Take(int end)
    {
        lock (_gate)
        {
            var taken = _unread.TakeWhile(index => index < end).ToArray();
            _unread.Clear();
            return taken;
        }
    }

    /// <summary>Whether those who were asked are asked once more.</summary>
    public bool IsSecondRound { get; private set; }

    /// <summary>The next silo to ask for block <paramref name="index"/>; null when all were asked.</summary>
    /// <remarks>When all were asked of whom one did not answer, they are asked once more, and waited for in turn: one may be slow but there.</remarks>
    public SiloLink? Next(int index, Holders holders)
    {
        lock (_gate)
        {
            if (holders.Next(_tried.GetValueOrDefault(index)) is { } next)
                return next;
            if (holders.Count < 2 || !_isUnanswered.Remove(index) || !_again.Add(index))
                return null;
            IsSecondRound = true;
            _tried.Remove(index);
            return holders.Next([]);
        }
    }

    private void Try(int index, SiloLink link)
    {
        var tried = _tried.GetValueOrDefault(index) ?? new SiloLink?[MatchReader.MostWaves + 1];
        _tried[index] = tried;
        if (tried.Contains(link))
            return;
        if (Array.IndexOf(tried, null) is var free and >= 0)
            tried[free] = link;
    }
}
