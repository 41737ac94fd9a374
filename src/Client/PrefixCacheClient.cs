using System.Diagnostics;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Control;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Filling;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Near;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Status;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Clocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Errors;
using KvOrleans.Wire.Tracing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client;

/// <summary>The prefix cache over a cluster of silos: bytes over plain sockets, control calls over Orleans. Thread-safe; make one and share it.</summary>
public sealed partial class PrefixCacheClient : IPrefixCache, IDisposable
{
    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(49);
    private static readonly BlockWriteOptions DefaultWrite = new();

    private readonly PrefixCacheClientMetrics _metrics = new();
    private readonly IControlPlane _control;
    private readonly ClusterMapKeeper _maps;
    private readonly SilenceClock _clock;
    private readonly NearCache _near;
    private readonly ChainMatcher _matcher;
    private readonly MatchReader _matchReader;
    private readonly BlockReader _reader;
    private readonly BlockWriter _writer;
    private readonly BatchWriter _batchWriter;
    private readonly ChainFiller _filler;
    private readonly TimeSpan _defaultDeadline;
    private readonly TimeSpan _defaultLease;
    private Task? _disposing;

    /// <summary>For tests: the same client over another control plane.</summary>
    internal PrefixCacheClient(PrefixCacheClientOptions options, IControlPlane control, ILoggerFactory logging, TimeProvider time, TimeProvider? clock = null)
    {
        _defaultDeadline = options.DefaultDeadline;
        _defaultLease = options.DefaultLease;
        _control = control;
        var links = logging.CreateLogger<SiloLink>();
        var digesting = Digesting.Of(options.DigestBytes, clock ?? BootTime.Provider, time);
        var digests = new DigestRules(digesting);
        _near = new(options.NearCacheBytes, digesting.Clock, _metrics);
        var heating = Heating.Of(digesting.Clock, options.AsksForHotLists) with { ListsChanged = () => _near.Sweep(_maps?.Current) };
        var choice = new HolderChoice(options.Zone, heating, _metrics, Random.Shared);
        _maps = new(control, options.MapRefresh, silo => new(silo, options, digesting, heating, _metrics, time, links), _metrics, time, logging.CreateLogger<ClusterMapKeeper>());
        _clock = new(() => _maps.Current?.Links ?? [], time);
        var hedges = new Hedges(_clock, _metrics);
        _matcher = new(_maps, hedges, digests, choice, _near, digesting.Activity, new(digesting.Clock, _defaultDeadline), _metrics, logging.CreateLogger<ChainMatcher>());
        _matchReader = new(_maps, hedges, choice, _near, digesting.Activity, _metrics, logging.CreateLogger<MatchReader>());
        _reader = new(_maps, hedges, choice, _near, digesting.Activity, _metrics, logging.CreateLogger<BlockReader>());
        _writer = new(_maps, digests, _metrics, logging.CreateLogger<BlockWriter>());
        _batchWriter = new(_maps, _writer);
        _filler = new(_matcher, _matchReader, _batchWriter, new(_maps, _clock, logging.CreateLogger<FillDesk>()), time, Random.Shared);
    }

    /// <summary>Makes a client and returns at once; it connects in the background and calls are misses until it has.</summary>
    /// <param name="options">The settings; later changes to them have no effect.</param>
    /// <param name="logging">Where the client logs; null for nowhere. Neither keys nor payloads nor the password are logged.</param>
    /// <exception cref="ArgumentException">A setting is wrong; the message says which, what it got and what it accepts.</exception>
    public static PrefixCacheClient Connect(PrefixCacheClientOptions options, ILoggerFactory? logging = null)
    {
        PrefixCacheClientOptionsValidator.Validate(options);
        logging ??= NullLoggerFactory.Instance;
        return new(options.Copy(), new OrleansControlPlane(options, logging), logging, TimeProvider.System);
    }

    /// <inheritdoc/>
    public async Task WaitUntilReadyAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        await ControlAsync(deadline, "ready", async token =>
        {
            await _maps.WaitForFirstAsync(token).ConfigureAwait(false);
            while (!await ReachesAnyAsync(token).ConfigureAwait(false))
                await Task.Delay(ReadyPause, token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<PrefixMatch> MatchAsync(
        ReadOnlyMemory<BlockKey> chain, TimeSpan? lease = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        MatchAsync(chain, new MatchOptions { Lease = lease }, deadline, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<PrefixMatch> MatchAsync(
        ReadOnlyMemory<BlockKey> chain, MatchOptions options, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        if (chain.Length > ChainMatcher.LongestChain)
            throw new ArgumentException($"A chain has at most {ChainMatcher.LongestChain} blocks, this one has {chain.Length}.", nameof(chain));
        foreach (var key in chain.Span)
            Check(key, nameof(chain));
        if (options.Lease is { } asked)
            ArgumentOutOfRangeException.ThrowIfLessThan(asked, TimeSpan.FromMilliseconds(1), "lease");
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (chain.IsEmpty)
            return PrefixMatch.Empty;
        if (within <= TimeSpan.Zero)
            return PrefixMatch.Unknown;

        var began = _metrics.CallBegan();
        using var activity = Traces.Source.StartActivity("match", ActivityKind.Client);
        using var time = CallDeadline.Start(within, cancellationToken);
        var match = await _matcher.MatchAsync(chain, options.Lease ?? _defaultLease, options.Certain, time).ConfigureAwait(false);
        _metrics.CallEnded("match", match.Blocks.Count > 0 ? "hit" : "miss", began);
        return match;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        Check(match, destinations.Span);
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero || destinations.IsEmpty)
            return 0;

        var began = _metrics.CallBegan();
        using var activity = Traces.Source.StartActivity("read match", ActivityKind.Client);
        using var time = CallDeadline.Start(within, cancellationToken);
        var read = await _matchReader.ReadAsync(match, destinations, time).ConfigureAwait(false);
        _metrics.CallEnded("read_match", read == destinations.Length ? "hit" : "miss", began);
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<BlockRead> ReadAsync(
        BlockKey key, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Check(key, nameof(key));
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
            return new(BlockReadOutcome.DeadlineExceeded, default, 0);

        var began = _metrics.CallBegan();
        using var activity = Traces.Source.StartActivity("read", ActivityKind.Client);
        using var time = CallDeadline.Start(within, cancellationToken);
        var read = await _reader.ReadAsync(new(key), destination, null, time).ConfigureAwait(false);
        _metrics.CallEnded("read", OutcomeNames.Of(read.Outcome), began);
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<BlockWrite> WriteAsync(
        BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions? options = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Check(key, nameof(key));
        options ??= DefaultWrite;
        Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
            return new(BlockWriteOutcome.DeadlineExceeded, default);

        var began = _metrics.CallBegan();
        using var activity = Traces.Source.StartActivity("write", ActivityKind.Client);
        using var time = CallDeadline.Start(within, cancellationToken);
        var write = await _writer.WriteAsync(key, payload, options, time, options.Parent).ConfigureAwait(false);
        _metrics.CallEnded("write", OutcomeNames.Of(write.Outcome), began);
        return write;
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(PrefixMatch match, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        cancellationToken.ThrowIfCancellationRequested();
        if (match.TakeLeases() is not { } leases)
            return;
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
        {
            leases.Release();
            return;
        }

        using var time = CallDeadline.Start(within, cancellationToken);
        try
        {
            await leases.ReleaseAsync(time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            time.ThrowIfCancelled();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterMap> GetMapAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        await ControlAsync(deadline, "map", _maps.RefreshUntilAnsweredAsync, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SiloReport>> GetStatusAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        await AskAllAsync("status", StatusReader.ReadAsync, deadline, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SiloHotReport>> GetHotBlocksAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        await AskAllAsync("hot", HotReader.ReadAsync, deadline, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SiloExplanation>> ExplainAsync(
        ReadOnlyMemory<BlockKey> keys, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        foreach (var key in keys.Span)
            Check(key, nameof(keys));
        return await AskAllAsync("explain", (link, time) => ExplanationReader.ReadAsync(link, keys, time), deadline, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks every silo of the map; those that do not answer say so in their answers.</summary>
    private async Task<T[]> AskAllAsync<T>(string call, Func<SiloLink, CallDeadline, Task<T>> ask, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var within = deadline ?? _defaultDeadline;
        var began = TimeProvider.System.GetTimestamp();
        if (_maps.Current is null)
            await ControlAsync(within, call, async token => await _maps.RefreshUntilAnsweredAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var left = within - TimeProvider.System.GetElapsedTime(began);
        if (_maps.Current is not { } view || left <= TimeSpan.Zero)
            throw new CacheException("The cluster map is not known.");

        using var time = CallDeadline.Start(left, cancellationToken);
        var answers = await Task.WhenAll(view.Links.Select(link => ask(link, time))).ConfigureAwait(false);
        time.ThrowIfCancelled();
        return answers;
    }

    /// <inheritdoc/>
    public async ValueTask<BlockInfo?> InspectAsync(BlockKey key, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Check(key, nameof(key));
        return await ControlAsync(deadline, "inspect", token => _control.InspectAsync(key, token), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> InvalidateAsync(
        BlockKey key, WriteCondition condition = default, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Check(key, nameof(key));
        var decision = await ControlAsync(deadline, "invalidate", token => _control.DeleteAsync(key, condition, token), cancellationToken).ConfigureAwait(false);
        return decision.Outcome switch
        {
            DecisionOutcome.Accepted => true,
            DecisionOutcome.Absent or DecisionOutcome.Conflict => false,
            DecisionOutcome.Unknown => throw new CacheException("The block may have been removed and may have not. Try again."),
            var outcome => throw new CacheException($"The block was not removed: its silo answered {outcome}. Try again."),
        };
    }

    /// <summary>Ends the client: connections are closed, calls under way end at once as misses, later ones too.</summary>
    public async ValueTask DisposeAsync() => await BeginDispose().ConfigureAwait(false);

    /// <summary>Ends the client as <see cref="DisposeAsync"/> does, without waiting until all is closed.</summary>
    public void Dispose() => _ = BeginDispose();

    private Task BeginDispose()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _disposing, mine.Task, null) is { } other)
            return other;
        _ = CloseAsync();
        return mine.Task;

        async Task CloseAsync()
        {
            try
            {
                _clock.Dispose();
                await _maps.DisposeAsync().ConfigureAwait(false);
                await _control.DisposeAsync().ConfigureAwait(false);
                _near.Dispose();
                _metrics.Dispose();
                mine.SetResult();
            }
            catch (Exception error)
            {
                mine.SetException(error);
            }
        }
    }

    /// <summary>Tries all silos at once, for one that is silent may take all the time there is.</summary>
    private async Task<bool> ReachesAnyAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tries = (_maps.Current?.Links ?? []).Select(link => ReachesAsync(link.Pool, enough.Token)).ToList();
        var reached = false;
        while (!reached && tries.Count > 0)
        {
            var first = await Task.WhenAny(tries).ConfigureAwait(false);
            tries.Remove(first);
            reached = await first.ConfigureAwait(false);
        }

        await enough.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tries).ConfigureAwait(false);
        return reached;
    }

    private static async Task<bool> ReachesAsync(ConnectionPool pool, CancellationToken cancellationToken)
    {
        try
        {
            pool.Return(await pool.RentAsync(cancellationToken).ConfigureAwait(false), reusable: true);
            return true;
        }
        catch (Exception error) when (error is NoConnectionException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<T> ControlAsync<T>(TimeSpan? deadline, string call, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var within = deadline ?? _defaultDeadline;
        if (within <= TimeSpan.Zero)
            throw new CacheException("The deadline has passed.");
        var began = _metrics.CallBegan();
        using var time = CallDeadline.Start(within, cancellationToken);
        try
        {
            var answer = await ask(time.Token).ConfigureAwait(false);
            _metrics.CallEnded(call, "answered", began);
            return answer;
        }
        catch (Exception error)
        {
            _metrics.CallEnded(call, "failed", began);
            time.ThrowIfCancelled();
            if (time.IsOver)
                throw new CacheException($"The cluster did not answer within {within.TotalMilliseconds} ms.", error);
            throw new CacheException("The cluster could not answer: " + error.Message, error);
        }
    }

    private static void Check(BlockKey key, string parameter)
    {
        if (key.IsDefault)
            throw new ArgumentException("A block key is missing: default names no block.", parameter);
    }

    private static void Check(BlockWriteOptions options)
    {
        if (options.Condition.Kind == WriteConditionKind.Present)
            throw new ArgumentException("A write's condition is Any, Absent or Exactly(version).", nameof(options));
        if (options.Concern is not (WriteConcern.Local or WriteConcern.Replicated))
            throw new ArgumentException("A write's concern is Local or Replicated.", nameof(options));
        if (options.TimeToLive is { } timeToLive && (timeToLive < TimeSpan.FromMilliseconds(1) || timeToLive > LongestTimeToLive))
            throw new ArgumentOutOfRangeException(nameof(options), timeToLive, "A time to live is 1 ms to 49 days.");
    }

    private static void Check(PrefixMatch match, ReadOnlySpan<Memory<byte>> destinations)
    {
        if (destinations.Length > match.Blocks.Count)
            throw new ArgumentException($"{destinations.Length} destinations for {match.Blocks.Count} matched blocks.", nameof(destinations));
        for (var i = 0; i < destinations.Length; i++)
        {
            if (destinations[i].Length < match.Blocks[i].Length)
                throw new ArgumentException($"Destination {i} has {destinations[i].Length} bytes, its block {match.Blocks[i].Length}.", nameof(destinations));
        }
    }
}
