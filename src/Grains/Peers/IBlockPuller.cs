using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Peers;

/// <summary>Fetches blocks from other silos over the data plane. Thread-safe.</summary>
public interface IBlockPuller
{
    /// <summary>Pulls one content of a block into this silo's staging, verified against its checksum.</summary>
    /// <param name="source">The silo to pull from.</param>
    /// <param name="key">The block.</param>
    /// <param name="version">The content; <c>default</c> for whichever is there.</param>
    /// <param name="stage">Makes room for that many bytes, or says that there is none with null.</param>
    /// <param name="cancellationToken">Ends the wait; what was staged is given back.</param>
    /// <returns>Null when it is not there, does not verify, has no room here, the silo cannot be reached or the caller cancelled. Nothing is thrown for any of these.</returns>
    ValueTask<PulledBlock?> PullAsync(
        SiloDescriptor source, BlockKey key, BlockVersion version, Func<int, Storage.Staging.StagedBlock?> stage, CancellationToken cancellationToken);
}
