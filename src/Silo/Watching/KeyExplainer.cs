using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Membership;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;

namespace KvOrleans.Silo.Watching;

/// <summary>Says what this very silo knows of keys.</summary>
internal sealed class KeyExplainer(BlockStore store, KeyRouter router, FingerprintFinder fingerprints, FormerOwners formerOwners, IClusterMapSource map)
{
    private const string NotLookedFor = "?";

    // Seconds within which two times that are known to the second may be of one moment.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    /// <summary>What is here of each, or why it is not, in their order.</summary>
    public async ValueTask<ImmutableArray<KeyExplanation>> ExplainAsync(IReadOnlyList<BlockKey> keys)
    {
        var term = router.Term;
        var known = keys.Select(key => store.Explain(key.Span)).ToArray();
        int[] absent = [.. Enumerable.Range(0, known.Length).Where(i => known[i].Info is null && HasFingerprint(keys[i]))];
        var (found, isWhole) = await fingerprints.FindAsync(Array.ConvertAll(absent, i => keys[i])).ConfigureAwait(false);
        var others = new string?[known.Length];
        for (var i = 0; i < absent.Length; i++)
            others[absent[i]] = !found[i].IsDefault ? FingerprintOf(found[i]) : isWhole ? null : NotLookedFor;

        var current = map.Current;
        return [.. known.Select((one, i) => Explain(keys[i], one, others[i], current, term))];
    }

    private KeyExplanation Explain(BlockKey key, in BlockExplanation known, string? otherFingerprint, ClusterMap current, long term)
    {
        var about = new KeyExplanation { Owner = current.OwnerOf(key)?.Name ?? "", RemembersSeconds = (long)known.Remembers.TotalSeconds };
        return known.Info is { } block ? Present(about, key, known, block, term) : Absent(about, key, known, otherFingerprint);
    }

    private KeyExplanation Present(KeyExplanation about, BlockKey key, in BlockExplanation known, in BlockInfo block, long term) => about with
    {
        Block = block,
        Tier = "memory",
        IsRegister = known.Kind == BlockKind.Overwritable,
        Role = NameOf(known.Role),
        Uses = known.Uses,
        BytesPerSecond = (long)store.Heat.Of(key.Span).BytesPerSecond,
        Holders = BitOperations.PopCount(known.Holders),
        IsServed = router.MayServe(key.Span, term),
        Parent = known.Parent == 0 ? null : known.Parent.ToString("x32", CultureInfo.InvariantCulture),
        IsOrphan = known.Parent != 0 && known.IsOrphan,
    };

    private KeyExplanation Absent(KeyExplanation about, BlockKey key, in BlockExplanation known, string? otherFingerprint)
    {
        var (why, ago, was) = WhyAbsent(known);
        var isKnown = formerOwners.TryFind(KeyId.Of(key.Span), out var silo, out var since);
        return about with
        {
            Why = why,
            SecondsAgo = (long?)ago?.TotalSeconds,
            Was = was is { } role ? NameOf(role) : null,
            OtherFingerprint = otherFingerprint,
            FormerOwner = isKnown ? silo : null,
            FormerOwnerSecondsAgo = (long)since.TotalSeconds,
        };
    }

    private static bool HasFingerprint(BlockKey key) => key.Span.StartsWith("kv:"u8);

    private static string FingerprintOf(BlockKey key) => Encoding.UTF8.GetString(key.Span["kv:".Length..key.Span.IndexOf((byte)'/')]);

    /// <summary>The last thing that is known of a key that is not here. A delete counts unless the block came again and left behind it.</summary>
    internal static (string Why, TimeSpan? Ago, BlockRole? Was) WhyAbsent(in BlockExplanation known) => (known.Departure, known.Buried) switch
    {
        ({ } left, null) => (NameOf(left.Reason), left.Ago, left.Role),
        ({ } left, { } buried) when left.Ago + Precision < buried => (NameOf(left.Reason), left.Ago, left.Role),
        ({ } left, { } buried) => ("invalidated", buried, left.Role),
        (null, { } buried) => ("invalidated", buried, null),
        _ => ("never-seen", null, null),
    };

    private static string NameOf(DepartureReason reason) => reason switch
    {
        DepartureReason.Evicted => "evicted",
        DepartureReason.Expired => "expired",
        DepartureReason.Removed => "removed",
        DepartureReason.Invalidated => "invalidated",
        DepartureReason.RegisterLost => "register-lost",
        DepartureReason.Cooled => "cooled",
        DepartureReason.Moved => "moved",
        _ => "distrusted",
    };

    private static string NameOf(BlockRole role) => role switch
    {
        BlockRole.Copy => "copy",
        BlockRole.Extra => "extra",
        _ => "last-copy",
    };
}
