using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Splits the keys of a command by the silos that own them.</summary>
internal static class KeyBatches
{
    /// <summary>How many batches of one command are under way at once.</summary>
    public const int AtOnce = 8;

    /// <summary>Keys of a batch: with the longest keys, a command that is well below what a silo accepts.</summary>
    private const int Most = 64;

    /// <summary>The batches; a key named twice is in twice.</summary>
    public static List<KeyBatch> Of(Session session, IReadOnlyList<BlockKey> keys)
    {
        var batches = new List<KeyBatch>();
        var open = new Dictionary<string, KeyBatch>();
        foreach (var key in keys)
        {
            var route = session.Services.Router.Route(key);
            var owner = route.Owner?.Name ?? "";
            if (!open.TryGetValue(owner, out var batch) || batch.Keys.Count == Most)
                batches.Add(open[owner] = batch = new(route, []));
            batch.Keys.Add(key);
        }

        return batches;
    }
}
