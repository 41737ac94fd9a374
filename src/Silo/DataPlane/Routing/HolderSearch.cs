using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Peers;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Finds who holds a write-once block whose owner cannot be asked: a copy lies where the order was when it was made, so everybody is asked.</summary>
internal sealed class HolderSearch(KeyRouter router, PeerRequests peers)
{
    /// <summary>How many are asked at once.</summary>
    private const int AtOnce = 4;

    /// <summary>The first in the holder order who says that it holds the block; null when nobody does.</summary>
    public async ValueTask<SiloDescriptor?> FindAsync(BlockKey key, KeyRoute route) =>
        (await AskAsync(key, route, "EXISTS", static answer => answer.Number > 0).ConfigureAwait(false)).Holder;

    /// <summary>The answer of the first in the holder order who holds the block, to a question whose only argument is the key.</summary>
    public async ValueTask<(SiloDescriptor? Holder, PeerAnswer Answer)> AskAsync(BlockKey key, KeyRoute route, string command, Func<PeerAnswer, bool> holds)
    {
        foreach (var some in router.Others(key, route).Chunk(AtOnce))
        {
            var answers = some.Select(silo => peers.AskAsync(silo, isChange: false, output =>
            {
                output.WriteArrayHeader(2);
                output.WriteBulk(command);
                output.WriteBulk(key.Span);
            }).AsTask()).ToArray();
            for (var i = 0; i < answers.Length; i++)
            {
                // One that does not hold it and does not own it says so: it answers only what it holds.
                if (await answers[i].ConfigureAwait(false) is { Outcome: PeerOutcome.Answered } answer && holds(answer))
                    return (some[i], answer);
            }
        }

        return (null, default);
    }
}
