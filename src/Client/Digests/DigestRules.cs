using KvOrleans.Client.Connections;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;

namespace KvOrleans.Client.Digests;

/// <summary>Says which keys of a chain need not be asked for, since the digests of the silos rule them out. Thread-safe.</summary>
internal sealed class DigestRules(Digesting digesting)
{
    /// <summary>A digest says what is absent for so long after its round of questions began.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>Of so many chains that are ruled out one is asked for all the same, to look after the digests.</summary>
    public const int CheckedOf = 1024;

    private readonly OwnKeys _own = new(digesting.Clock);
    private readonly long _freshness = (long)(Freshness.TotalSeconds * digesting.Clock.TimestampFrequency);
    private uint _ruledOut;

    // Owners that are found at once: one, then eight times as many as are known, 64 at the most.
    private const int FirstOwners = 9;
    private const int OwnersGrowth = 8;
    private const int MostOwners = 64;

    private enum Finding
    {
        Unknown,
        Vouched,
        RuledOut,
    }

    /// <summary>The keys of <paramref name="chain"/> that are to be asked for.</summary>
    /// <param name="view">The map by which they are asked.</param>
    /// <param name="chain">The chain, one key or more.</param>
    /// <param name="isCertain">Whether all are, for the caller said so. Digests are kept up with all the same.</param>
    public DigestRuling Rule(ClusterView view, ReadOnlySpan<BlockKey> chain, bool isCertain)
    {
        if (!digesting.Budget.IsEnabled)
            return new(chain.Length, chain.Length, null, true);
        var now = digesting.Clock.GetTimestamp();
        if (isCertain || !IsAnyUsable(view, now))
            return new(chain.Length, chain.Length, null, false);

        // Many at once cost less each, but most chains that are ruled out end at their first key.
        var owners = new int[Math.Min(chain.Length, FirstOwners)];
        var known = 0;
        var isVouched = true;
        for (var i = 0; i < chain.Length; i++)
        {
            if (i == known)
            {
                var more = Math.Min(chain.Length - known, known == 0 ? 1 : Math.Min(known * OwnersGrowth, MostOwners));
                if (owners.Length < known + more)
                    Array.Resize(ref owners, chain.Length);
                view.Owners.Find(chain.Slice(known, more), owners.AsSpan(known));
                known += more;
            }

            var finding = Look(view, owners[i], chain[i], KeyDigest.Hash(chain[i]), now);
            if (finding == Finding.RuledOut)
            {
                var isChecked = Interlocked.Increment(ref _ruledOut) % CheckedOf == 0;
                return isChecked ? new(chain.Length, i, null, false) : new(i, i, owners, isVouched);
            }

            isVouched &= finding == Finding.Vouched;
        }

        return new(chain.Length, chain.Length, owners, isVouched);
    }

    /// <summary>Remembers a key that was written, or found to be there.</summary>
    public void Remember(BlockKey key)
    {
        if (digesting.Budget.IsEnabled && IsWriteOnce(key))
            _own.Add(KeyDigest.Hash(key));
    }

    /// <summary>
    /// Takes in what was found: what no digest has yet is remembered, for a client that was told that a block is there shall not take it for absent; and a digest that has
    /// ruled out what was found is looked after.
    /// </summary>
    /// <param name="view">The map by which it was asked.</param>
    /// <param name="match">What was found.</param>
    /// <param name="ruling">What was ruled for its chain.</param>
    public void Found(ClusterView view, PrefixMatch match, in DigestRuling ruling)
    {
        if (ruling.IsVouched || !digesting.Budget.IsEnabled)
            return;
        if (ruling.RuledOut < match.Blocks.Count)
            match.HolderOf(ruling.RuledOut)?.Digest.Check(KeyDigest.Hash(match.Blocks[ruling.RuledOut].Key));
        var now = digesting.Clock.GetTimestamp();
        foreach (var block in match.Blocks)
        {
            var hash = KeyDigest.Hash(block.Key);
            if (IsWriteOnce(block.Key) && Look(view, view.Owners.Find(KeyId.Of(block.Key.Span)), block.Key, hash, now) != Finding.Vouched)
                _own.Add(hash);
        }
    }

    private static bool IsWriteOnce(BlockKey key) => key.Span.StartsWith("kv:"u8);

    private bool IsAnyUsable(ClusterView view, long now)
    {
        foreach (var link in view.Links)
        {
            if (UsableOf(link, view, now) is not null)
                return true;
        }

        return false;
    }

    private Finding Look(ClusterView view, int owner, BlockKey key, UInt128 hash, long now)
    {
        if (!IsWriteOnce(key) || UsableOf(view.Links[owner], view, now) is not { } digest)
            return Finding.Unknown;
        if (digest.Bits.MayHave(hash))
            return Finding.Vouched;
        // What is handed over to the owner may still be where it was.
        foreach (var endpoint in digest.Pending)
        {
            if (view.At(endpoint) is not { } other || UsableOf(other, view, now) is not { } others)
                return Finding.Unknown;
            if (others.Bits.MayHave(hash))
                return Finding.Vouched;
        }

        return _own.MayHave(hash, now) ? Finding.Vouched : Finding.RuledOut;
    }

    /// <summary>A silo's digest, when it says what is absent now.</summary>
    private DigestState? UsableOf(SiloLink link, ClusterView view, long now) =>
        link.Digest.Current is { Map: { } map } digest && now - digest.AskedAt < _freshness && map.HasRowsOf(view.Map.Position) && link.Backoff.IsHealthy
            ? digest : null;
}
