using KvOrleans.Client.Draining;
using KvOrleans.Client.Filling;
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
/// when it returns, nothing is written into the caller's memory any more. <see cref="GetOrComputeAsync"/> computes and waits besides; its options say for how long.
/// </para>
/// <para>
/// The data calls (match, read, write, release) never throw for trouble with the cache: a match is empty, a read is a miss, a write
/// says so in its outcome. They throw for wrong arguments, and <see cref="OperationCanceledException"/> when the caller's token is cancelled.
/// The control calls (map, status, hot blocks, options, explain, inspect, invalidate, drain) throw <see cref="Contracts.Errors.CacheException"/>.
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

    /// <summary>
    /// Reads as <see cref="ReadAsync(PrefixMatch, ReadOnlyMemory{Memory{byte}}, TimeSpan?, CancellationToken)"/> does, and yields the index of each block as soon as it and all before it are whole and
    /// verified, so that the first can be used while the last are on their way.
    /// </summary>
    /// <remarks>
    /// Reading begins with the enumeration and does not wait for it: what is ready stays ready. The enumeration ends at the first block that cannot be had; the caller computes from there on. To leave it
    /// early, or to cancel it, ends what is on its way: when the enumerator is disposed of, nothing is written into the destinations any more. One that is not disposed of reads on to its deadline.
    /// </remarks>
    /// <param name="match">What a match returned.</param>
    /// <param name="destinations">At most as many as the match has blocks, each at least as long as its block.</param>
    /// <param name="deadline">How long reading may take; null for the default. What was read by then is yielded all the same.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="ArgumentException">More destinations than blocks, or one that is too small.</exception>
    IAsyncEnumerable<int> ReadEachAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a part of a matched block into <paramref name="destination"/>, which is as long as the part, and verifies the part's checksum.</summary>
    /// <remarks>The checksum is taken by the silo as it sends: it says that the bytes came as they were sent. Only the whole block's says that they are those that were written.</remarks>
    /// <param name="match">What a match returned.</param>
    /// <param name="index">Which of its blocks.</param>
    /// <param name="offset">Where in the block the part begins, in bytes.</param>
    /// <param name="destination">Where it goes; its length is the part's.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The block's version and the part's length, or why there is none. The content is the one that was matched, or it is a miss.</returns>
    /// <exception cref="ArgumentException">The match has no such block, or the block no such part.</exception>
    ValueTask<BlockRead> ReadAsync(
        PrefixMatch match, int index, long offset, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one block into <paramref name="destination"/> and verifies its checksum.</summary>
    /// <returns>The block's version and length, or why there is none.</returns>
    ValueTask<BlockRead> ReadAsync(
        BlockKey key, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Writes one block. The payload must not change until the call returns.</summary>
    ValueTask<BlockWrite> WriteAsync(
        BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions? options = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes many blocks, to all their owners at once, each without waiting for what becomes of those before it. The payloads must not change until the call returns.
    /// </summary>
    /// <remarks>
    /// The blocks are taken for a chain, or a part of one: each <c>kv:</c> block names the one before it as its parent, the first <see cref="BlockWriteOptions.Parent"/>. Blocks whose parent is gone are evicted first.
    /// Otherwise each block is written as if alone: that one is refused, or waits for its silo, changes nothing for the others. In which order they take effect is not said, and neither is which of
    /// two payloads wins that were given for one key.
    /// </remarks>
    /// <param name="keys">The blocks, in the order of their chain; may be empty.</param>
    /// <param name="payloads">Their bytes, as many as there are keys, in the same order.</param>
    /// <param name="options">How all of them are written; null for the defaults.</param>
    /// <param name="deadline">How long the call may take; null for the default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What became of each block, in order.</returns>
    /// <exception cref="ArgumentException">There are more or fewer payloads than keys, a key is missing, or an option is wrong.</exception>
    ValueTask<IReadOnlyList<BlockWrite>> WriteAsync(
        ReadOnlyMemory<BlockKey> keys, ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BlockWriteOptions? options = null, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Fills <paramref name="destinations"/> with the blocks of <paramref name="chain"/>: reads what is there, and has the rest computed, by this call or by the one that is at it already, on this node
    /// or on another. What this call computed it writes.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Who computes is settled by the owner of the first missing block. Whoever does holds fill leases on all that is missing, renewed meanwhile; whoever has to wait reads on when the block is there, and
    /// computes himself when nobody is at it any more, or after <see cref="GetOrComputeOptions.LongestWait"/>. It is advice: now and then a block is computed twice, and trouble with the cache never keeps a
    /// call from computing. Where nobody can be asked it is computed at once.
    /// </para>
    /// <para>Fill leases that are not needed any more are given up, also when <paramref name="compute"/> throws.</para>
    /// </remarks>
    /// <param name="chain">The prompt's block keys in order; 0 to 65,536.</param>
    /// <param name="destinations">One memory a block, exactly as long as it. A block that is there with another length counts as missing.</param>
    /// <param name="compute">Computes the destinations from that index on, to the last. Called once at most, and its exception passes on. Its token is <paramref name="cancellationToken"/>.</param>
    /// <param name="options">How long to wait for others, and the like; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many blocks came from where. All destinations are filled.</returns>
    /// <exception cref="ArgumentException">There are more or fewer destinations than keys, the chain is too long, a key is missing, or an option is wrong.</exception>
    ValueTask<GetOrComputeResult> GetOrComputeAsync(
        ReadOnlyMemory<BlockKey> chain, ReadOnlyMemory<Memory<byte>> destinations, Func<int, CancellationToken, ValueTask> compute,
        GetOrComputeOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Ends the lease of <paramref name="match"/>. Does nothing when it has ended.</summary>
    ValueTask ReleaseAsync(PrefixMatch match, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>The cluster map, fresh from a silo.</summary>
    ValueTask<ClusterMap> GetMapAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What every silo of the map says of itself. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloReport>> GetStatusAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>The hot blocks of every silo of the map that more than one silo holds. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloHotReport>> GetHotBlocksAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>The options of every silo of the map as they are in force; of secrets whether they are set. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloOptionsReport>> GetOptionsAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What every silo of the map knows of keys: what it holds of each, or why not. A silo that does not answer is listed as such.</summary>
    ValueTask<IReadOnlyList<SiloExplanation>> ExplainAsync(
        ReadOnlyMemory<BlockKey> keys, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>For operators: tells a silo to give its blocks away, to leave the cluster and to end, as SIGTERM does. Told again it changes nothing.</summary>
    /// <param name="life">The silo, as the map has it.</param>
    /// <param name="wait">Whether to wait until the drain is over, which takes up to the silo's <c>Drain:Grace</c>. The process ends some moments later.</param>
    /// <param name="deadline">How long the call may take; null for the default. When it passes the drain goes on.</param>
    /// <param name="cancellationToken">Cancels the call, not the drain.</param>
    /// <exception cref="Contracts.Errors.CacheException">The silo is not in the map, does not answer, or refuses.</exception>
    ValueTask<SiloDrain> DrainSiloAsync(SiloLife life, bool wait, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>What the cluster knows of a block; null when it is absent.</summary>
    ValueTask<BlockInfo?> InspectAsync(BlockKey key, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Removes a block.</summary>
    /// <returns>False when nothing was there, or not what <paramref name="condition"/> asks for.</returns>
    /// <exception cref="Contracts.Errors.CacheException">It was not removed, or may have been and may have not: try again.</exception>
    ValueTask<bool> InvalidateAsync(
        BlockKey key, WriteCondition condition = default, TimeSpan? deadline = null, CancellationToken cancellationToken = default);
}
