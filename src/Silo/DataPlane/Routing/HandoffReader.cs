using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Peers;
using KvOrleans.Storage;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Gets a write-once block that this silo owns from those who have not handed theirs over yet.</summary>
internal sealed class HandoffReader(KeyRouter router, IBlockPuller puller, BlockStore store)
{
    // More than this are asked one group after the other.
    private const int AskedAtOnce = 8;

    /// <summary>Asks every silo whose handoff is not done, and keeps what is found as this silo's own.</summary>
    /// <returns>Whether the block is here now. False: nobody has it.</returns>
    public async ValueTask<bool> BringAsync(BlockKey key)
    {
        if (!router.ServesWriteOnce)
            return false;
        foreach (var group in router.PendingHandoffs.Chunk(AskedAtOnce))
        {
            if (await AskAsync(key, group).ConfigureAwait(false))
                return true;
        }

        // It may have been handed over meanwhile.
        return store.TryGetInfo(key.Span, out _);
    }

    private async ValueTask<bool> AskAsync(BlockKey key, SiloDescriptor[] silos)
    {
        using var found = new CancellationTokenSource();
        var pulls = silos.Select(silo => puller.PullAsync(silo, key, default, length => store.TryStage(length), found.Token).AsTask()).ToList();
        var isHere = false;
        while (pulls.Count > 0)
        {
            var pull = await Task.WhenAny(pulls).ConfigureAwait(false);
            pulls.Remove(pull);
            if (await pull.ConfigureAwait(false) is not { } block)
                continue;
            using (block.Staged)
                isHere |= Keep(key, block);
            await found.CancelAsync().ConfigureAwait(false);
        }

        return isHere;
    }

    private bool Keep(BlockKey key, PulledBlock block) =>
        store.TryPublishCopy(key.Span, block.Staged, block.Version, block.TimeToLive, BlockRole.Last) || store.TryGetInfo(key.Span, out _);
}
