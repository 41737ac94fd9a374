using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Expiry;
using KvOrleans.Storage.Heat;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;
using KvOrleans.Storage.Leases;
using KvOrleans.Storage.Staging;
using KvOrleans.Storage.Tombstones;

namespace KvOrleans.Storage;

/// <summary>A silo's blocks in native memory: staged, published, read without a copy, leased, expired, evicted. Thread-safe.</summary>
/// <remarks>
/// One lock guards all metadata and is released between slices of bounded work; bytes are written, read and hashed outside of it. Methods that
/// take a key copy it; one that is empty or longer than a block key may be is never found.
/// <para>
/// Dispose it when those who use it have stopped. Its native memory is returned then, or when the last open reader and the last
/// staged block are disposed: a reader in flight is never left with memory that is gone. From then on, letting go of blocks and leases does no harm; all other calls
/// throw <see cref="ObjectDisposedException"/>.
/// </para>
/// </remarks>
public sealed partial class BlockStore : IDisposable
{
    /// <summary>Work under one hold of the lock. At about 100 ns each, the lock is free again within tens of microseconds.</summary>
    private const int KeysPerSlice = 128;
    private const int EvictionsPerSlice = 64;
    private const int RecordsPerSlice = 512;

    /// <summary>A lease that is extended lasts as long as so many of the longest, in all.</summary>
    private const int LeasesInAll = 10;

    private readonly Lock _lock = new();
    private readonly MonotonicClock _clock;
    private readonly NativeHeap _heap = new();
    private readonly BlockCatalog _catalog;
    private readonly PinTable _pins;
    private readonly LeaseBook _leases;
    private readonly ReuseRing _reused;
    private readonly EvictedCopyRing _evicted;
    private readonly DepartureBook _departures;
    private readonly TombstoneBook _tombstones;
    private readonly TimeSpan _tombstoneLifetime;
    private readonly TimeSpan _maxLease;
    private readonly TimeSpan _longestExtended;
    private readonly ChecksumPool _checksums = new();
    private int _stagedBlocks;
    private readonly long _maxStagedPages;
    private long _stagedPages;
    private readonly long _maxCopyPages;
    private readonly long _keptCopyPages;
    private long _stagedCopyPages;
    private readonly long _maxExtraPages;
    private long _stagedExtraPages;
    private readonly ReadNotes _reads;
    private readonly Lock _draining = new();
    private long _leasesGranted;
    private long _leasesWithheld;
    private bool _areReadsGone;
    private bool _isDisposed;
    private bool _isReturned;

    /// <summary>Reserves the arena.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="policy">Which block goes first; for this store alone.</param>
    /// <param name="time">The monotonic clock of leases and times to live.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it, its value and what it accepts.</exception>
    /// <exception cref="OutOfMemoryException">The arena cannot be reserved.</exception>
    public BlockStore(BlockStoreOptions options, IEvictionPolicy policy, TimeProvider time)
        : this(options, policy, time, PageArena.LargestSegmentBytes, Random.Shared.NextInt64())
    {
    }

    internal BlockStore(BlockStoreOptions options, IEvictionPolicy policy, TimeProvider time, int segmentBytes, long hashSeed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();

        MaxBlockBytes = options.MaxBlockBytes;
        _maxLease = options.MaxLease;
        _longestExtended = options.MaxLease < TimeSpan.MaxValue / LeasesInAll ? options.MaxLease * LeasesInAll : TimeSpan.MaxValue;
        _clock = new(time);
        Arena = new(options.MemoryBytes - (options.MemoryBytes % PageArena.RegionBytes), segmentBytes, _heap);
        _maxStagedPages = (long)(Arena.TotalPages * options.MaxStagedShare);
        _maxCopyPages = (long)(Arena.TotalPages * options.CopiesShare);
        _keptCopyPages = _maxCopyPages / 4;
        _maxExtraPages = (long)(Arena.TotalPages * options.ExtraCopiesShare);
        _reused = new(_heap);
        _reads = new(_heap);
        Heat = new(this, time);
        _evicted = new(_heap);
        _departures = new(_heap, _clock);
        _catalog = new(_heap, Arena, policy, _reused, _evicted, _departures, hashSeed);
        _tombstones = new(_heap, options.MaxTombstones, hashSeed);
        _tombstoneLifetime = options.TombstoneLifetime;
        _pins = new(_heap);
        _leases = new(_heap, _catalog, new(
            (long)(Arena.TotalPages * options.MaxLeasedShare),
            (long)(Arena.TotalPages * options.MaxLeasedSharePerOwner),
            options.MaxLeasedKeys,
            (int)Math.Ceiling(options.MaxLeasedKeys * options.MaxLeasedSharePerOwner)));
    }

    /// <summary>The longest block, in bytes.</summary>
    public int MaxBlockBytes { get; }

    /// <summary>Staged blocks left for someone else to publish.</summary>
    public StagingArea Staging { get; } = new();

    internal PageArena Arena { get; }

    /// <summary>The sums of this moment.</summary>
    public StoreStatistics GetStatistics()
    {
        EndDueLeases();
        lock (_lock)
        {
            ThrowIfDisposed();
            return new()
            {
                ArenaBytes = Arena.TotalPages * PageArena.PageBytes,
                FreeBytes = Arena.FreePages * PageArena.PageBytes,
                StagedBytes = _stagedPages * PageArena.PageBytes,
                RetiredBytes = _catalog.RetiredPages * PageArena.PageBytes,
                EvictableBytes = _catalog.EvictablePages * PageArena.PageBytes,
                PayloadBytes = _catalog.PayloadBytes,
                Blocks = _catalog.Blocks,
                MortalBlocks = _catalog.MortalBlocks,
                CopyBlocks = _catalog.CopyBlocks,
                CopyBytes = _catalog.CopyPages * PageArena.PageBytes,
                ExtraBlocks = _catalog.ExtraRecords.Count,
                ExtraBytes = _catalog.ExtraPages * PageArena.PageBytes,
                Registers = _catalog.Registers,
                Children = _catalog.Children,
                Orphans = _catalog.Orphans,
                DroppedReuses = _reused.Dropped,
                DroppedEvictedCopies = _evicted.Dropped,
                Tombstones = _tombstones.Count,
                DisplacedTombstones = _tombstones.Displaced,
                PinnedBlocks = _catalog.PinnedBlocks,
                Leases = _leases.Count,
                LeasesGranted = _leasesGranted,
                LeasesWithheld = _leasesWithheld,
                LeasedBytes = _catalog.LeasedPages * PageArena.PageBytes,
                Evictions = _catalog.Evictions,
                Expirations = _catalog.Expirations,
                IndexBytes = _catalog.IndexBytes,
                DigestBytes = _catalog.Digest.Bytes,
                DigestRebuilds = _catalog.Digest.Rebuilds,
                DigestFaults = _catalog.Digest.Faults,
                NativeBytesOutsideArena = _heap.Bytes,
            };
        }
    }

    /// <summary>How many blocks left so since the start.</summary>
    public long CountDepartures(DepartureReason reason, BlockRole role) => _departures.CountOf(reason, role);

    /// <summary>What is held natively; also after the store was disposed.</summary>
    public NativeFootprint GetNativeFootprint()
    {
        lock (_lock)
            return new(Arena.Segments, Arena.Slots, _catalog.Records, _pins.Count, _heap.Allocations, _heap.Bytes);
    }

    /// <summary>Drops all blocks and leases, disposes what is left in <see cref="Staging"/>, and returns the memory once nobody uses it.</summary>
    public void Dispose()
    {
        Staging.Close();
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            var all = int.MaxValue;
            _leases.EndDue(MonotonicClock.Never, ref all);
            for (var number = 0; number < _catalog.RecordLimit; number++)
            {
                if (_catalog[number].State == RecordState.Indexed)
                    _catalog.Retire(number, why: null);
            }

            ReturnMemoryWhenUnused();
        }
    }

    private void ReturnMemoryWhenUnused()
    {
        if (!_isDisposed || _isReturned || _pins.Count > 0 || _stagedBlocks > 0)
            return;
        _isReturned = true;
        _pins.Dispose();
        _catalog.Dispose();
        _reused.Dispose();
        _evicted.Dispose();
        _departures.Dispose();
        EndNotes();
        _tombstones.Dispose();
        Arena.Dispose();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);
}
