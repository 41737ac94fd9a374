using System.Numerics;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Contracts.Watching;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.History;

namespace KvOrleans.Silo.Watching;

/// <summary>Says what this very silo knows of a key.</summary>
internal sealed class KeyExplainer(BlockStore store, KeyRouter router)
{
    // Seconds within which two times that are known to the second may be of one moment.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    /// <summary>What is here of it, or why it is not.</summary>
    public KeyExplanation Explain(BlockKey key, ClusterMap map)
    {
        var term = router.Term;
        var known = store.Explain(key.Span);
        var about = new KeyExplanation { Owner = map.OwnerOf(key)?.Name ?? "", RemembersSeconds = (long)known.Remembers.TotalSeconds };
        if (known.Info is not { } block)
        {
            var (why, ago, was) = WhyAbsent(known);
            return about with { Why = why, SecondsAgo = (long?)ago?.TotalSeconds, Was = was is { } role ? NameOf(role) : null };
        }

        return about with
        {
            Block = block,
            Tier = "memory",
            IsRegister = known.Kind == BlockKind.Overwritable,
            Role = NameOf(known.Role),
            Uses = known.Uses,
            BytesPerSecond = (long)store.Heat.Of(key.Span).BytesPerSecond,
            Holders = BitOperations.PopCount(known.Holders),
            IsServed = router.MayServe(key.Span, term),
        };
    }

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

    /// <summary>The word for a role.</summary>
    internal static string NameOf(BlockRole role) => role switch
    {
        BlockRole.Copy => "copy",
        BlockRole.Extra => "extra",
        _ => "last-copy",
    };
}
