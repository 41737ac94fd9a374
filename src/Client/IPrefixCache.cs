using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Status;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client;

/// <summary>The prefix cache as an inference node sees it. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Every call takes a deadline, <see cref="PrefixCacheClientOptions.DefaultDeadline"/> when none is given, and never outlives it:
/// when it returns, nothing is written into the caller's memory any more.
/// </para>
/// <para>
/// The data calls (match, read, write, release) never throw for trouble with the cache: a match is empty, a read is a miss, a write
/// says so in its outcome. They throw for wrong arguments, and <see cref="OperationCanceledException"/> when the caller's token is cancelled.
/// The control calls (map, status, explain, inspect, invalidate) throw <see cref="Contracts.Errors.CacheException"/>.
/// </para>
/// </remarks>
public interface IPrefixCache : IAsyncDisposable
{
    /// <summary>Completes when a silo has been reached, and fails when <paramref name="deadline"/> passes first.</summary>
    /// <exception cref="Contracts.Errors.CacheException">No silo was reached in time.</exception>
    Task WaitUntilReadyAsync(TimeSpan deadline, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds the longest leading run of <paramref name="chain"/> that is present and leases it in the same step: what was matched can be
    /// read until the lease ends. One question per silo, and none for what cannot be there.
    /// </summary>
    /// <remarks>What the silos' digests rule out is not asked for; see <see cref="MatchOptions.Certain"/>.</remarks>
    /// <param name="chain">The prompt's block keys in order; 0 to 65,536.</param>
    /// <param name="lease">How long the blocks must stay; null for <see cref="PrefixCacheClientOptions.DefaultLease"/>. The silo may grant less.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The match, empty when nothing was found or the cache could not be asked. Dispose it to end the lease early.</returns>
    /// <exception cref="ArgumentException">The chain is longer than that, or a key is missing.</exception>
    ValueTask<PrefixMatch> MatchAsync(
        ReadOnlyMemory<BlockKey> chain, TimeSpan? lease = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="MatchAsync(ReadOnlyMemory{BlockKey}, TimeSpan?, TimeSpan?, CancellationToken)"/>
    /// <param name="chain">The prompt's block keys in order; 0 to 65,536.</param>
    /// <param name="options">How to match.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<PrefixMatch> MatchAsync(
        ReadOnlyMemory<BlockKey> chain, MatchOptions options, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the leading blocks of <paramref name="match"/> into <paramref name="destinations"/>, one memory a block, in order.</summary>
    /// <param name="match">What a match returned.</param>
    /// <param name="destinations">At most as many as the match has blocks, each at least as long as its block.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many leading blocks were read and verified: the caller computes the rest.</returns>
    /// <exception cref="ArgumentException">More destinations than blocks, or one that is too small.</exception>
    ValueTask<int> ReadAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one block into <paramref name="destination"/> and verifies its checksum.</summary>
    /// <returns>The block's version and length, or why there is none.</returns>
    ValueTask<BlockRead> ReadAsync(
        BlockKey key, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Writes one block. The payload must not change until the call returns.</summary>
    ValueTask<BlockWrite> WriteAsync(
        BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions? options = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Ends the lease of <paramref name="match"/>. Does nothing when it has ended.</summary>
    ValueTask ReleaseAsync(PrefixMatch match, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>The cluster map, fresh from a silo.</summary>
    ValueTask<ClusterMap> GetMapAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What every silo of the map says of itself. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloReport>> GetStatusAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What every silo of the map knows of keys: what it holds of each, or why not. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloExplanation>> ExplainAsync(
        ReadOnlyMemory<BlockKey> keys, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What the cluster knows of a block; null when it is absent.</summary>
    ValueTask<BlockInfo?> InspectAsync(BlockKey key, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Removes a block.</summary>
    /// <returns>False when nothing was there, or not what <paramref name="condition"/> asks for.</returns>
    /// <exception cref="Contracts.Errors.CacheException">It was not removed, or may have been and may have not: try again.</exception>
    ValueTask<bool> InvalidateAsync(
        BlockKey key, WriteCondition condition = default, TimeSpan? deadline = null, CancellationToken cancellationToken = default);
}
