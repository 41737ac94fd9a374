using KvOrleans.Storage.Leases;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>
    /// Looks up the keys of a chain and leases all that it finds: what was found is not evicted until the lease ends. Counts as a use.
    /// </summary>
    /// <param name="owner">Whose lease it is; see <see cref="ReleaseAll"/>.</param>
    /// <param name="keys">The chain, head first.</param>
    /// <param name="results">What was found of each key, by position. What would go over a bound of leases is not found, and <see cref="KeyMatch.IsWithheld"/>.</param>
    /// <param name="duration">How long the lease should be; shortened to the longest allowed. Zero or less: look up only.</param>
    /// <remarks>
    /// A lease keeps a block from eviction alone: one that is removed, replaced or expires is gone at once. The only allocation is the lease.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="results"/> is shorter than the chain.</exception>
    public LeaseGrant Match(long owner, MatchKeys keys, Span<KeyMatch> results, TimeSpan duration)
    {
        if (results.Length < keys.Count)
            throw new ArgumentException($"There are {keys.Count} keys and room for {results.Length} results.", nameof(results));

        EndDueLeases();
        results = results[..keys.Count];
        return duration > TimeSpan.Zero
            ? MatchAndLease(owner, keys, results, duration < _maxLease ? duration : _maxLease)
            : new(0, TimeSpan.Zero, LookUp(keys, results));
    }

    /// <summary>Ends a lease, or its tail. The released blocks are then the most recently used, their head last to go.</summary>
    /// <param name="owner">Whose lease it is.</param>
    /// <param name="leaseId">Which lease.</param>
    /// <param name="from">Only keys at this position of the chain and after it.</param>
    /// <returns>How many leased positions were released; 0 when the owner has no such lease (any more).</returns>
    public int Release(long owner, long leaseId, int from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        for (var released = 0; ;)
        {
            lock (_lock)
            {
                if (_leases.Find(owner, leaseId) is not { } lease)
                    return released;
                var budget = KeysPerSlice;
                released += _leases.Release(lease, from, ref budget);
                if (!lease.Reaches(from))
                    return released;
            }
        }
    }

    /// <summary>Gives a lease more time. It never gets less than it has, and ends at the latest ten times the longest lease after it was granted.</summary>
    /// <param name="owner">Whose lease it is.</param>
    /// <param name="leaseId">Which lease.</param>
    /// <param name="duration">How long it should last from now on; shortened to the longest allowed.</param>
    /// <returns>How long it lasts from now on; zero when the owner has no such lease (any more).</returns>
    public TimeSpan Extend(long owner, long leaseId, TimeSpan duration)
    {
        EndDueLeases();
        lock (_lock)
        {
            var now = _clock.Now;
            if (_isDisposed || _leases.Find(owner, leaseId) is not { } lease || lease.EndsAt <= now)
                return TimeSpan.Zero;
            _leases.Extend(lease, Math.Min(_clock.After(now, duration < _maxLease ? duration : _maxLease), lease.EndsLatestAt));
            return _clock.Until(now, lease.EndsAt) ?? TimeSpan.MaxValue;
        }
    }

    /// <summary>Ends all leases of an owner.</summary>
    public void ReleaseAll(long owner)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_leases.FirstOf(owner) is not { } lease)
                    return;
                var budget = KeysPerSlice;
                _leases.Release(lease, 0, ref budget);
            }
        }
    }

    /// <summary>Head first, so that where a bound is reached it is the tail that stays behind.</summary>
    private LeaseGrant MatchAndLease(long owner, MatchKeys keys, Span<KeyMatch> results, TimeSpan duration)
    {
        var granted = _clock.Now;
        var endsAt = _clock.After(granted, duration);
        var found = 0;
        Lease? lease = null;
        Span<ulong> hashes = stackalloc ulong[KeysPerSlice];
        for (var start = 0; start < keys.Count; start += KeysPerSlice)
        {
            var end = Math.Min(start + KeysPerSlice, keys.Count);
            for (var i = start; i < end; i++)
                hashes[i - start] = _catalog.Hash(keys[i]);

            lock (_lock)
            {
                ThrowIfDisposed();
                if (lease is { HasEnded: true })
                {
                    // Its owner released everything meanwhile, or its time is over: none of what was found is promised any more.
                    results.Fill(KeyMatch.Withheld);
                    return default;
                }

                _catalog.Expect(hashes[..(end - start)]);
                var now = _clock.Now;
                for (var i = start; i < end; i++)
                {
                    var number = _catalog.FindLive(keys[i], hashes[i - start], now);
                    results[i] = default;
                    if (number < 0)
                        continue;
                    if (!_leases.TryHold(lease ??= _leases.Begin(owner, endsAt, _clock.After(granted, _longestExtended)), i, number))
                    {
                        results[i] = KeyMatch.Withheld;
                        _leasesWithheld++;
                        continue;
                    }

                    _catalog.Use(number);
                    results[i] = new(true, _catalog[number].Version, _catalog[number].Length);
                    found++;
                }

                if (lease is { Held: 0 })
                {
                    var none = 0;
                    _leases.Release(lease, 0, ref none);
                    lease = null;
                }
            }
        }

        if (lease is null)
            return default;
        Interlocked.Increment(ref _leasesGranted);
        return new(lease.Id, duration, found);
    }

    /// <summary>Tail first, since each key is touched.</summary>
    private int LookUp(MatchKeys keys, Span<KeyMatch> results)
    {
        var found = 0;
        Span<ulong> hashes = stackalloc ulong[KeysPerSlice];
        for (var end = keys.Count; end > 0; end -= KeysPerSlice)
        {
            var start = Math.Max(0, end - KeysPerSlice);
            for (var i = start; i < end; i++)
                hashes[i - start] = _catalog.Hash(keys[i]);

            lock (_lock)
            {
                ThrowIfDisposed();
                _catalog.Expect(hashes[..(end - start)]);
                var now = _clock.Now;
                for (var i = end - 1; i >= start; i--)
                {
                    var number = _catalog.FindLive(keys[i], hashes[i - start], now);
                    results[i] = default;
                    if (number < 0)
                        continue;
                    _catalog.Use(number);
                    results[i] = new(true, _catalog[number].Version, _catalog[number].Length);
                    found++;
                }
            }
        }

        return found;
    }

    /// <summary>Comes before every decision that depends on what is leased. Costs a read of the clock when none is due.</summary>
    private void EndDueLeases()
    {
        while (_clock.Now is var now && _leases.NextEnd <= now)
        {
            lock (_lock)
            {
                if (_isDisposed)
                    return;
                var budget = KeysPerSlice;
                _leases.EndDue(now, ref budget);
            }
        }
    }
}
