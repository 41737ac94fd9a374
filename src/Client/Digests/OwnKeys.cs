namespace KvOrleans.Client.Digests;

/// <summary>The keys that were known to be there in the last moments, which no digest rules out: it may be of an earlier one. Thread-safe.</summary>
/// <remarks>
/// Two generations of hashes, so that a key is remembered for <see cref="Span"/> at least and twice that at most. When there is no room for one more, no key counts
/// as forgotten until those of its generation are. Of two keys with one hash the other is asked for in vain.
/// </remarks>
internal sealed class OwnKeys(TimeProvider clock)
{
    /// <summary>How long a key is remembered at least: longer than a digest is fresh, so that a fresh one is of a later moment than what is forgotten.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMilliseconds(2500);

    /// <summary>The keys of both generations together.</summary>
    public const int Most = 65_536;

    private readonly Lock _gate = new();
    private readonly long _span = (long)(Span.TotalSeconds * clock.TimestampFrequency);
    private HashSet<UInt128> _keys = [];
    private HashSet<UInt128> _former = [];
    private bool _isFull;
    private bool _wasFull;
    private long _since = clock.GetTimestamp();

    /// <summary>Remembers a key.</summary>
    public void Add(UInt128 hash)
    {
        lock (_gate)
        {
            Age(clock.GetTimestamp());
            if (_keys.Count + _former.Count < Most)
                _keys.Add(hash);
            else
                _isFull |= !_keys.Contains(hash);
        }
    }

    /// <summary>Whether the key may have been known to be there in the last moments.</summary>
    public bool MayHave(UInt128 hash, long now)
    {
        lock (_gate)
        {
            Age(now);
            return _isFull || _wasFull || _keys.Contains(hash) || _former.Contains(hash);
        }
    }

    /// <summary>Under the gate: forgets what is old enough.</summary>
    private void Age(long now)
    {
        var age = now - _since;
        if (age < _span)
            return;
        (_keys, _former, _wasFull, _isFull) = (_former, _keys, _isFull, false);
        _keys.Clear();
        if (age >= 2 * _span)
        {
            _former.Clear();
            _wasFull = false;
        }

        _since = now;
    }
}
